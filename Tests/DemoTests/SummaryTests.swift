import Demo
import FoundationEssentials
import Testing

/// The figures at the end of a run.
struct SummaryTests {
  private struct Parsed: Decodable, Equatable {
    var events: Int
    var predictions: Int
    var lost: Int
    var repeated: Int
    var faults: Int
    var found: Int
    var medianDelayEvents: Double?
    var falseAlarms: Int
    var eventsPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case events, predictions, lost, repeated, faults, found
      case medianDelayEvents = "median_delay_events"
      case falseAlarms = "false_alarms"
      case eventsPerSecond = "events_per_second"
    }
  }

  private static func summary(predictions: Int, isFound: Bool) -> Summary {
    let fault = Fault(sensor: 0, kind: .ramp, start: 500, end: 600, size: 4)
    var board = Scoreboard(
      script: FaultScript(sensors: 1, learningEvents: 400, faults: [fault]), streams: ["a"])
    if isFound { board.judge(.alarm, stream: "a", milliseconds: Plant.time(ofTick: 509)) }
    board.judge(.alarm, stream: "a", milliseconds: Plant.time(ofTick: 100))
    var flow = Summary.Flow()
    flow.events = 20_000
    flow.predictions = predictions
    flow.late = 3
    flow.duplicates = 2
    flow.deadLetters = 1
    return Summary(
      scoreboard: board, ticks: 1000, flow: flow, streams: 1, seconds: 8, seed: 1)
  }

  @Test("the JSON object has the documented fields")
  func json() throws {
    let text = Self.summary(predictions: 19_994, isFound: true).json
    #expect(!text.contains("\n"))
    #expect(
      try JSONDecoder().decode(Parsed.self, from: Data(text.utf8))
        == Parsed(
          events: 20_000, predictions: 19_994, lost: 0, repeated: 0, faults: 1, found: 1,
          medianDelayEvents: 10, falseAlarms: 1, eventsPerSecond: 2500))
  }

  @Test("without a found fault the delay is null")
  func nothingFound() throws {
    let text = Self.summary(predictions: 19_994, isFound: false).json
    #expect(text.contains("\"median_delay_events\":null"))
    #expect(
      try JSONDecoder().decode(Parsed.self, from: Data(text.utf8)).medianDelayEvents == nil)
  }

  @Test("an event without an answer is lost, a second answer is told apart")
  func lost() {
    #expect(Self.summary(predictions: 19_990, isFound: true).flow.lost == 4)
    #expect(Self.summary(predictions: 19_990, isFound: true).flow.repeated == 0)
    #expect(Self.summary(predictions: 20_000, isFound: true).flow.repeated == 6)
    #expect(Self.summary(predictions: 20_000, isFound: true).flow.lost == 0)
  }

  @Test("the table names every kind of fault and groups digits")
  func text() {
    let text = Self.summary(predictions: 19_994, isFound: true).text
    for kind in Fault.Kind.allCases { #expect(text.contains(kind.rawValue)) }
    #expect(text.contains("20,000 in 8.0 s, 2,500 a second"))
    #expect(text.contains("lost            0"))
  }
}
