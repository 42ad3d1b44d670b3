import Evaluation
import Foundation
import Testing

/// A folder of labelled series, and what is said where something is wrong with it.
@Suite struct CorpusTests {
  private let folder = Folder()

  private func write(_ text: String, to path: String) throws { try folder.write(text, to: path) }

  private func writeCorpus(
    labels: String = #"{"one_a/x.csv": [["2024-01-11 00:00:00", "2024-01-11 23:00:00"]]}"#
  ) throws {
    var text = "timestamp,value\n"
    for i in 0..<400 {
      let (day, hour) = (i / 24 + 1, i % 24)
      let time = "2024-01-\(day < 10 ? "0" : "")\(day) \(hour < 10 ? "0" : "")\(hour):00:00"
      text += "\(time),\(i % 24 + (i == 245 ? 500 : 0))\n"
    }
    try write(text, to: "data/one_a/x.csv")
    try write(labels, to: "labels/combined_windows.json")
  }

  private func failure() -> String {
    do {
      _ = try Corpus.load(folder.path)
      return "loaded"
    } catch { return error.description.replacing(folder.path, with: "DIR") }
  }

  @Test func windowsAreFoundByTheirTimes() throws {
    try writeCorpus()
    let corpus = try Corpus.load(folder.path)
    #expect(corpus.map(\.category) == ["one_a"])
    #expect(corpus[0].collection == "one")
    #expect(corpus[0].windows == [240...263])
    #expect(corpus[0].series.count == 400)
    #expect(corpus[0].series.spacing == 3600)
    #expect(corpus[0].series.eventsPerDay == 24)
  }

  @Test func scoresAreWrittenBehindTheRows() throws {
    try writeCorpus()
    let evaluation = AnomalyEvaluation(try Corpus.load(folder.path), Settings(), .alone)
    try ScoreFiles.write(evaluation.trials, into: folder.path + "/scores")
    let text = try String(contentsOfFile: folder.path + "/scores/one_a/x.csv", encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 401)
    #expect(lines[0] == "timestamp,value,anomaly_score")
    #expect(lines[1] == "2024-01-01 00:00:00,0,0.0")
    let score = try #require(lines[246].split(separator: ",").last.flatMap { Float($0) })
    #expect(lines[246].hasPrefix("2024-01-11 05:00:00,505,"))
    #expect(score == evaluation.trials[0].alarmScores[245])
    #expect(score > 0.5)
  }

  @Test func whatIsMissingIsNamed() throws {
    #expect(failure().hasPrefix("DIR/labels/combined_windows.json: cannot be read"))
    try writeCorpus(labels: "{}")
    #expect(failure().hasPrefix("DIR/data/one_a/x.csv: has no entry"))
    try writeCorpus(labels: #"{"one_a/x.csv": [], "one_a/y.csv": []}"#)
    #expect(failure() == "DIR/data/one_a/y.csv: is labelled, but is not there")
    try writeCorpus(labels: "[1]")
    #expect(failure().hasPrefix("DIR/labels/combined_windows.json: is no JSON object"))
    try writeCorpus(labels: #"{"one_a/x.csv": [["2024-01-11 00:00:00", "2025-01-11 00:00:00"]]}"#)
    #expect(failure().hasPrefix("DIR/data/one_a/x.csv: has no row at 2025-01-11 00:00:00"))
  }

  @Test func aBadRowIsNamedByFileAndLine() throws {
    try writeCorpus()
    try write("timestamp,value\n\n2024-01-01 00:00:00,1\nyesterday,2\n", to: "data/one_a/x.csv")
    #expect(failure().hasPrefix("DIR/data/one_a/x.csv:4: "))
    try write("timestamp,value\n2024-01-01 00:00:00,high\n", to: "data/one_a/x.csv")
    #expect(failure().hasPrefix("DIR/data/one_a/x.csv:2: "))
    try write("when,value\n2024-01-01 00:00:00,1\n", to: "data/one_a/x.csv")
    #expect(failure().hasPrefix("DIR/data/one_a/x.csv:1: its header needs one column named"))
    try write("timestamp,value\n", to: "data/one_a/x.csv")
    #expect(failure() == "DIR/data/one_a/x.csv: it has no rows below its header")
  }
}

/// A folder of a test's own, gone with it.
final class Folder {
  let path = NSTemporaryDirectory() + "spnd-evaluation-" + UUID().uuidString

  func write(_ text: String, to name: String) throws {
    let url = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: false, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
