/// How good one forecaster's forecasts of one series at one horizon are.
struct ForecastScore: Sendable {
  /// Mean absolute error in that of persistence at the same horizon; for one step, MASE.
  var relativeError = Double.nan
  /// Mean squared error in the series' variance.
  var standardisedError = Double.nan

  /// Events before which nothing is judged, one step ahead and further.
  static let skipped = 100
  static let skippedFurther = 200

  init() {}

  /// Judges forecasts, each made after its event for `horizon` events later.
  ///
  /// - Parameters:
  ///   - values: the series; NaN where a value is missing, which is not judged.
  ///   - filled: the same with the last value where one is missing.
  init(_ forecasts: [Double], values: [Double], filled: [Double], horizon: Int) {
    var errors = 0.0
    var squares = 0.0
    var steps = 0.0
    var count = 0.0
    let first = horizon == 1 ? Self.skipped : Self.skippedFurther + horizon
    for event in values.indices.dropFirst(first) {
      let origin = event - horizon
      guard values[event].isFinite, forecasts[origin].isFinite else { continue }
      let error = forecasts[origin] - values[event]
      errors += abs(error)
      squares += error * error
      steps += abs(values[event] - filled[origin])
      count += 1
    }
    let average = mean(filled)
    let variance = mean(filled.map { ($0 - average) * ($0 - average) })
    guard count > 0 else { return }
    relativeError = errors / max(steps, 1e-12 * count)
    standardisedError = squares / count / max(variance, 1e-300)
  }
}

/// How honest intervals are.
struct IntervalScore: Sendable {
  /// The share of values inside.
  var coverage = Double.nan
  /// The mean width in persistence's mean error.
  var width = Double.nan

  /// Judges intervals, each given after its event for `horizon` events later.
  init(
    lower: [Double], upper: [Double], values: [Double], filled: [Double], horizon: Int
  ) {
    var inside = 0.0
    var widths = 0.0
    var steps = 0.0
    var count = 0.0
    let first = horizon == 1 ? ForecastScore.skipped : ForecastScore.skippedFurther + horizon
    for event in values.indices.dropFirst(first) {
      let origin = event - horizon
      guard values[event].isFinite, lower[origin].isFinite else { continue }
      if lower[origin] <= values[event], values[event] <= upper[origin] { inside += 1 }
      widths += upper[origin] - lower[origin]
      steps += abs(values[event] - filled[origin])
      count += 1
    }
    guard count > 0 else { return }
    coverage = inside / count
    width = widths / max(steps, 1e-12 * count)
  }

  /// Judges the intervals of the next event.
  init(_ trace: Trace, values: [Double], filled: [Double]) {
    self.init(
      lower: trace.lower.dropFirst() + [.nan], upper: trace.upper.dropFirst() + [.nan],
      values: values, filled: filled, horizon: 1)
  }
}
