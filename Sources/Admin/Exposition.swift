internal import Pipeline

/// Metrics as text, in one of the two forms that scrapers ask for.
///
/// Sources: the OpenMetrics specification 1.0, and Prometheus' text format 0.0.4.
struct Exposition: ~Copyable {
  /// The forms.
  enum Format {
    case openMetrics, prometheus

    /// The form that a request's `Accept` header asks for.
    init(accept: String) {
      self = accept.contains("application/openmetrics-text") ? .openMetrics : .prometheus
    }

    var contentType: String {
      switch self {
      case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      }
    }
  }

  /// The kinds of metrics.
  enum Kind: String {
    case counter, gauge, histogram
  }

  typealias Label = (name: String, value: String)

  private let format: Format
  private var text = ByteBuffer(capacity: 32_768)

  init(_ format: Format) { self.format = format }

  /// Opens a metric; its samples follow.
  ///
  /// - Parameter name: without `_total` and the other endings of samples.
  mutating func begin(_ name: String, _ kind: Kind, help: String) {
    let isTotal = kind == .counter && format == .prometheus
    let shown = isTotal ? name + "_total" : name
    line("# HELP \(shown) \(escaped(help))")
    line("# TYPE \(shown) \(kind.rawValue)")
    if format == .openMetrics, let unit = unit(of: name) { line("# UNIT \(shown) \(unit)") }
  }

  /// Writes one sample.
  mutating func sample(_ name: String, _ labels: [Label], _ value: Double) {
    text.append(name.utf8.span)
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
      text.append("{\(pairs.joined(separator: ","))}".utf8.span)
    }
    text.append(UInt8(ascii: " "))
    text.append(number(value).utf8.span)
    text.append(UInt8(ascii: "\n"))
  }

  /// Writes the samples of a histogram.
  mutating func histogram(_ name: String, _ labels: [Label], _ histogram: Histogram) {
    var sum: Int64 = 0
    for (bound, count) in zip(Histogram.bounds + [.infinity], histogram.counts) {
      sum += count
      sample("\(name)_bucket", labels + [("le", number(bound))], Double(sum))
    }
    sample("\(name)_sum", labels, histogram.sum)
    sample("\(name)_count", labels, Double(sum))
  }

  /// Ends the text and gives it.
  consuming func finish() -> [UInt8] {
    if format == .openMetrics { line("# EOF") }
    let bytes = text.bytes
    return bytes.indices.map { bytes[$0] }
  }

  private mutating func line(_ line: String) {
    text.append(line.utf8.span)
    text.append(UInt8(ascii: "\n"))
  }

  private func unit(of name: String) -> String? {
    ["seconds", "bytes", "ratio"].first { name.hasSuffix("_" + $0) }
  }

  private func number(_ value: Double) -> String {
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if value.isNaN { return "NaN" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else { return text }
    return text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += #"\\"#
      case "\"": result += #"\""#
      case "\n": result += #"\n"#
      default: result.append(character)
      }
    }
  }
}
