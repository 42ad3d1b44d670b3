import Evaluation
import Testing

@Suite struct AnomalyTests {
  private func synthetic(_ seeds: ClosedRange<UInt64>) -> [LabelledSeries] {
    seeds.map { SyntheticAnomalies.make(seed: $0) }
  }

  @Test func aSeedGivesTheSameSeries() {
    let (a, b) = (SyntheticAnomalies.make(seed: 5), SyntheticAnomalies.make(seed: 5))
    #expect(a.series.columns == b.series.columns)
    #expect(a.windows == b.windows)
    #expect(SyntheticAnomalies.make(seed: 13).series.columns != a.series.columns)
  }

  @Test func everyMadeUpSeriesIsUsable() {
    for labelled in synthetic(1...64) {
      let isFinite = labelled.series.columns[0].allSatisfy(\.isFinite)
      #expect(isFinite, "\(labelled.series.name)")
      #expect((1...4).contains(labelled.windows.count))
      for window in labelled.windows {
        #expect(window.upperBound < labelled.series.count)
        #expect(window.lowerBound >= NABEntry.probation(labelled.series.count) / 2)
      }
    }
    #expect(Set(synthetic(1...8).map(\.category)).count == 8)
  }

  @Test func theOrderOfWorkChangesNothing() {
    let corpus = synthetic(1...4)
    let backwards = Workforce { _, count, job in
      for index in (0..<count).reversed() { job(index) }
    }
    let report = AnomalyEvaluation(corpus, Settings(), .alone).report(.alone)
    #expect(report.json == AnomalyEvaluation(corpus, Settings(), backwards).report(backwards).json)
    #expect(report.tables[0].rows.count == 5)
    #expect(report.json.hasPrefix(#"{"eval":"anomalies","scores":[{"name":"synthetic_"#))
  }

  @Test func afterAnAlarmTheScoreIsMutedAndEscapes() throws {
    var random = SplitMix64(seed: 4)
    var values = (0..<1000).map { _ in random.normal() }
    for i in 800..<804 { values[i] += 1000 }
    let series = Series(name: "x", values: values, start: 1_700_000_000, spacing: 3600)
    let trace = try #require(Trace.of(series, Settings()).first)
    #expect(trace.scores[800] > 0.5)
    #expect(trace.alarmScores[800] == trace.scores[800])
    #expect(Array(trace.alarmScores[801...803]) == [0, 0, 0])
    #expect(trace.scores[801] > 0)
  }

  @Test func lateAndRepeatedEventsSayNothing() throws {
    var series = Series(
      name: "x", values: [1, 2, 3, 4, 4], start: 1_700_000_000, spacing: 60)
    series.times[2] = series.times[0]
    series.times[4] = series.times[3]
    let trace = try #require(Trace.of(series, Settings()).first)
    #expect(trace.predictions.map(\.isNaN) == [true, false, true, false, true])
  }
}
