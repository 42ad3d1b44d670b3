import Foundation
import Testing

/// Everything that is shipped for Prometheus and Grafana.
@Suite struct DownstreamTests {
  private let folder = Program.repository + "Pipelines/"

  @Test("the rules are right, and each alert is tried")
  func rules() throws {
    let file = folder + "alerts/spnd.rules.yaml"
    #expect(try Program.run("/usr/bin/promtool", ["check", "rules", file]).code == 0)
    let tried = try Program.run(
      "/usr/bin/promtool", ["test", "rules", folder + "alerts/spnd.test.yaml"])
    #expect(tried.code == 0, "\(tried.text)")
    let tests = try String(contentsOfFile: folder + "alerts/spnd.test.yaml", encoding: .utf8)
    let raised = tests.matches(of: /alertname: (\w+)\n +exp_alerts:\n/).map(\.1)
    let silent = tests.matches(of: /alertname: (\w+), exp_alerts: \[\]/).map(\.1)
    for match in try rulesText().matches(of: /alert: (\w+)/) {
      #expect(raised.contains(match.1) && silent.contains(match.1), "\(match.1)")
    }
  }

  @Test("rules ask for metrics that there are")
  func ruleMetrics() throws { try expectKnown(metricsOf: [rulesText()]) }

  @Test(
    "dashboards ask for metrics that there are, in words that Prometheus understands",
    arguments: ["fleet", "stream", "drift"])
  func dashboards(name: String) throws {
    let path = folder + "dashboards/\(name).json"
    let dashboard = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    let expressions = texts(of: ["expr"], in: dashboard)
    #expect(!expressions.isEmpty)
    try expectKnown(metricsOf: expressions + texts(of: ["query"], in: dashboard))
    var rules = "groups:\n  - name: dashboard\n    rules:\n"
    for (index, expression) in expressions.enumerated() {
      let whole = expression.replacing("$__rate_interval", with: "5m")
      let quoted = whole.replacing("'", with: "''")
      rules += "      - {record: 'dashboard:\(index)', expr: '\(quoted)'}\n"
    }
    let file = try Program.Folder()
    let checked = try Program.run(
      "/usr/bin/promtool", ["check", "rules", file.write(rules, to: "dashboard.yaml")])
    #expect(checked.code == 0, "\(checked.text)")
  }

  private func rulesText() throws -> String {
    try String(contentsOfFile: folder + "alerts/spnd.rules.yaml", encoding: .utf8)
  }

  /// All strings that stand under these keys, however deep.
  private func texts(of keys: Set<String>, in json: Any) -> [String] {
    if let list = json as? [Any] { return list.flatMap { texts(of: keys, in: $0) } }
    guard let object = json as? [String: Any] else { return [] }
    return object.sorted { $0.key < $1.key }.flatMap { key, value in
      if keys.contains(key), let text = value as? String { return [text] }
      return texts(of: keys, in: value)
    }
  }

  private func expectKnown(metricsOf expressions: [String]) throws {
    let recorded = try rulesText()
    let sources = Program.repository + "Sources/Admin"
    let metrics = try FileManager.default.contentsOfDirectory(atPath: sources).filter {
      $0.hasSuffix("Metrics.swift")
    }.map { try String(contentsOfFile: "\(sources)/\($0)", encoding: .utf8) }.joined()
    for expression in expressions {
      let names =
        expression.matches(of: /(?:pipeline:)?spnd_\w+(?::\w+)?/).map { String($0.0) }
        + expression.matches(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)[{\[]/).map { String($0.1) }
      for name in Set(names) where name != "up" {
        let base = name.replacing(/_(?:total|bucket|sum|count)$/, with: "")
        let isKnown =
          recorded.contains("record: \(name)\n") || metrics.contains("\"\(base)\"")
          || metrics.contains("\"\(name)\"")
        #expect(isKnown, "\(name) in \(expression)")
      }
    }
  }
}
