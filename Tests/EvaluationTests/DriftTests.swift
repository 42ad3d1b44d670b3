import Evaluation
import Testing

@Suite struct DriftTests {
  @Test func theFirstAlarmInAWindowFindsADrift() {
    let detection = Detection(
      alarms: [50, 110, 120, 300, 420], drifts: [100, 200, 400], window: 50, count: 500)
    #expect(detection.delays == [10, 20])
    #expect(detection.missed == 1)
    #expect(detection.falseAlarms == 2)
    #expect(detection.quietEvents == 350)
    #expect(abs(detection.falseRate - 2.0 / 350 * 10_000) < 1e-9)
  }

  @Test func recoveryEndsWhereTheErrorIsUsual() throws {
    let suite = DriftSuite.make(seed: 1)
    let stream = try #require(suite.first { $0.generator == "level" })
    var errors = Array(repeating: 1.0, count: 10_000)
    for i in 2000..<2080 { errors[i] = 3 }
    let oracle = Array(repeating: 1.0, count: 5)
    let visits = Recovery(errors: errors, oracle: oracle, stream: stream).visits
    // The window of fifty that begins at 75 has five errors of 3: a mean of 1.2.
    #expect(visits.map(\.events) == [75, 0, 0, 0])
    #expect(abs(visits[0].excess100 - (80 * 3 + 20) / 100) < 1e-9)
    #expect(visits[1].excess300 == 1)
  }

  @Test func theSuiteIsTheSameForASeed() {
    let (a, b) = (DriftSuite.make(seed: 3), DriftSuite.make(seed: 3))
    #expect(a.count == 19)
    #expect(a.map(\.series.columns) == b.map(\.series.columns))
    #expect(DriftSuite.make(seed: 4)[0].series.columns != a[0].series.columns)
    for stream in a {
      let isFinite = stream.series.columns[0].allSatisfy(\.isFinite)
      #expect(isFinite, "\(stream.generator)")
      #expect(stream.segments.map(\.count).reduce(0, +) == stream.series.count)
    }
  }

  @Test func regimesReturnInTurn() throws {
    let stream = try #require(
      DriftSuite.make(seed: 2).first { $0.generator == "returning pattern" })
    #expect(stream.cycle == 3)
    #expect(stream.segments.count == 9)
    let values = stream.series.columns[0]
    func pattern(_ segment: Int) -> [Double] {
      let range = stream.segments[segment]
      return (0..<24).map { phase in
        let events = range.filter { $0 % 24 == phase }
        return events.reduce(0) { $0 + values[$1] } / Double(events.count)
      }
    }
    func distance(_ a: Int, _ b: Int) -> Double {
      zip(pattern(a), pattern(b)).reduce(0) { $0 + abs($1.0 - $1.1) } / 24
    }
    #expect(distance(1, 4) < 0.3)
    #expect(distance(1, 2) > 1)
  }

  @Test func theNetworkFindsAndSurvivesDrifts() throws {
    let streams = DriftSuite.make(seed: 5).filter { $0.generator == "level" }
    let stream = try #require(streams.first)
    let trial = DriftTrial(stream, Settings(), oracle: Recovery.oracle(stream, Settings()))
    #expect(trial.network.missed == 0)
    #expect(trial.network.falseAlarms <= 1)
    #expect(trial.recovery.visits.count == 4)
    #expect(trial.recovery.visits.map(\.excess300).reduce(0, +) / 4 < 1.3)
  }
}
