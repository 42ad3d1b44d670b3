/// A made-up stream whose drifts are known.
package struct DriftStream: Sendable {
  /// How it was made.
  package var generator: String
  package var series: Series
  /// The events at which it begins to change.
  package var drifts: [Int]
  /// Events after a drift in which an alarm finds it.
  package var window = 500
  /// Whether it has gross outliers, which no predictor is to be judged by.
  package var hasOutliers = false
  /// Whether there is a regime to recover to: not where it changes for long, or stands still.
  package var hasRecovery = true
  /// The regimes that it cycles through; 0 where none returns.
  package var cycle = 0

  /// Samples are 1,000 s apart: no period but that of lively days divides a day or a week, so that
  /// the clock tells nothing.
  static let spacing = 1000.0
  /// The first sample's time, in seconds since 1970.
  static let start: Int64 = 1_700_000_000

  init(_ generator: String, seed: UInt64, values: [Double], drifts: [Int] = []) {
    self.generator = generator
    self.drifts = drifts
    series = Series(
      name: "\(generator)/\(seed)", values: values, start: Self.start,
      spacing: Self.spacing)
  }

  /// The events of each regime.
  package var segments: [Range<Int>] {
    zip([0] + drifts, drifts + [series.count]).map { $0..<$1 }
  }
}
