import Foundation
import Glibc
import Testing

/// What the daemon says on standard error.
@Suite struct LogTests {
  private static let definition = """
    pipeline: served
    kafka: {bootstrap.servers: embedded}
    input: {topics: [in], stream: [/s], values: {v: /v}}
    output: {anomalies: {topic: alarms}, dead-letters: {topic: dead}}
    state: {directory: "${STATE_DIRECTORY}"}
    http: {listen: "127.0.0.1:0"}

    """

  /// The whole lines of a daemon that refuses a definition in which two things are wrong.
  private func lines(_ format: String) throws -> [String] {
    let folder = try Program.Folder()
    let file = try folder.write(Self.definition + format, to: "served.yaml")
    let daemon = try Running(
      Program.spnd, ["run", file],
      environment: ["JOURNAL_STREAM": "8:1", "STATE_DIRECTORY": "\(folder.path)/state"])
    #expect(daemon.wait(for: "has 1 partitions"))
    _ = try folder.write(Self.definition + "nonsense: 1\nmore: 2\n", to: "served.yaml")
    daemon.signal(SIGHUP)
    #expect(daemon.wait(for: "more"))
    #expect(daemon.stop() == 0)
    return daemon.said.split(separator: "\n").dropLast().map(String.init)
  }

  @Test("for the journal, each message is one line with its priority")
  func journal() throws {
    let lines = try lines("")
    #expect(lines.count > 3)
    #expect(lines.filter { $0.prefixMatch(of: /<[0-6]>\S/) == nil } == [])
    #expect(lines.contains { $0.hasPrefix("<6>served: has 1 partitions: in[0]@0") })
  }

  @Test("in JSON, each message is one object with its time, level, pipeline, and what it is about")
  func json() throws {
    let lines = try lines("log: json\n")
    #expect(lines.count > 3)
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let keys = Set(object.map { Array($0.keys) } ?? [])
      #expect(keys.isSuperset(of: ["level", "message", "pipeline", "time"]), "\(line)")
      let isOfPartition = line.contains("has 1 partitions")
      #expect(keys.isSuperset(of: ["offset", "partition", "topic"]) == isOfPartition, "\(line)")
      #expect(keys.count == (isOfPartition ? 7 : 4), "\(line)")
    }
    let given =
      #""topic":"in","partition":0,"offset":0,"message":"served: has 1 partitions: in[0]@0""#
    #expect(lines.contains { $0.contains(given) })
    #expect(
      lines.contains { $0.contains(#""level":"info","pipeline":"served","message":"served: "#) })
  }
}
