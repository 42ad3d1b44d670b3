import Evaluation
import Testing

/// The baselines against the numbers of other implementations on the same values: river's
/// detectors, and the smoothing and regression worked out in Python.
@Suite struct BaselineTests {
  /// Uniform noise whose level rises at 1,000 and falls at 2,000.
  private let steps: [Double] = {
    var random = SplitMix64(seed: 11)
    return (0..<3000).map { random.uniform() + ($0 < 1000 ? 0 : $0 < 2000 ? 0.6 : 0.2) }
  }()

  /// Sixty of them with a season of six.
  private var seasonal: [Double] {
    steps.prefix(60).enumerated().map { $1 + [0, 1, 3, 2, 0, -1][$0 % 6] }
  }

  private func check(
    _ baseline: Baseline, horizon: Int, _ expected: [(Int, Double)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let forecasts = baseline.forecasts(of: seasonal, season: 6, horizon: horizon)
    for (event, value) in expected {
      #expect(abs(forecasts[event] - value) < 1e-6, sourceLocation: sourceLocation)
    }
  }

  @Test func adwinCutsWhereRiverDoes() {
    var adwin = ADWIN()
    #expect(steps.indices.filter { adwin.detects(steps[$0]) } == [1023, 2047])
  }

  @Test func pageHinkleyAlarmsWhereRiverDoes() {
    var test = PageHinkley(threshold: 10, slack: 0.05)
    #expect(steps.indices.filter { test.detects(steps[$0]) } == [1016, 2027])
  }

  @Test func holtWinters() {
    check(
      .holtWinters, horizon: 1,
      [(0, 0.3162443929209082), (6, 0.16136989224981088), (58, 1.1448994894089668)])
    check(
      .holtWinters, horizon: 3,
      [(0, 0.3162443929209082), (8, 1.485432954562845), (56, 0.5202431065178692)])
  }

  @Test func recursiveLeastSquares() {
    check(
      .autoregression, horizon: 1,
      [(0, 0.3162443929209082), (19, 3.908342403392222), (58, -0.04858492230866718)])
    check(
      .autoregression, horizon: 3,
      [(0, 0.3162443929209082), (20, 0.09191698245129953), (56, -0.049616786348065434)])
  }

  @Test func naiveForecastsLookBack() {
    let values = (0..<10).map(Double.init)
    #expect(Baseline.persistence.forecasts(of: values, season: 4, horizon: 3) == values)
    // Event 9 + 3 = 12, and three seasons of four before it: 8, the last one known.
    let naive = Baseline.seasonalNaive.forecasts(of: values, season: 4, horizon: 3)
    #expect(naive == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
  }
}
