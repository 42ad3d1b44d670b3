/// How a predictor comes back to its usual error after each drift of a stream.
package struct Recovery: Sendable {
  /// One drift.
  package struct Visit: Sendable {
    /// Events until the mean error of 50 events is at most 1.2 times the oracle's.
    package var events: Double
    /// Mean error of the first 100 and 300 events, in the oracle's error.
    package var excess100: Double
    package var excess300: Double
    /// What it costs to learn the regime: the sum of the error beyond the oracle's over 99 events,
    /// in the oracle's error. The event before them, the change itself, none can foresee.
    package var cost: Double
    /// Whether the regime was there before, where regimes return.
    package var isReturn: Bool
  }

  package var visits: [Visit] = []

  private static let window = 50

  /// Judges a predictor's errors.
  ///
  /// - Parameters:
  ///   - errors: the absolute error at each event.
  ///   - oracle: for each segment, the error of a model that has only ever seen it.
  package init(errors: [Double], oracle: [Double], stream: DriftStream) {
    for (number, segment) in stream.segments.enumerated().dropFirst() {
      let relative = Self.relative(errors, in: segment, to: oracle[number], of: stream)
      visits.append(
        Visit(
          events: Double(Self.settled(relative)), excess100: mean(Array(relative.prefix(100))),
          excess300: mean(Array(relative.prefix(300))),
          cost: relative.prefix(100).dropFirst().reduce(0) { $0 + $1 - 1 },
          isReturn: stream.cycle > 0 && number >= stream.cycle))
    }
  }

  /// A segment's errors in the usual one, an outlier's at most 8.
  private static func relative(
    _ errors: [Double], in segment: Range<Int>, to usual: Double, of stream: DriftStream
  ) -> [Double] {
    segment.map { min(errors[$0] / usual, stream.hasOutliers ? 8 : .infinity) }
  }

  /// The mean error over a whole stream, in the oracle's.
  static func relativeError(
    _ errors: [Double], oracle: [Double], of stream: DriftStream
  ) -> Double {
    mean(
      zip(stream.segments, oracle).flatMap { relative(errors, in: $0, to: $1, of: stream) })
  }

  private static func settled(_ relative: [Double]) -> Int {
    var sum = relative.prefix(window).reduce(0, +)
    for start in 0..<max(relative.count - window, 0) {
      if sum / Double(window) <= 1.2 { return start }
      sum += relative[start + window] - relative[start]
    }
    return relative.count
  }

  /// The steady error of a fresh model in each segment: the mean of the segment's second half,
  /// without the largest hundredth where there are outliers.
  package static func oracle(_ stream: DriftStream, _ settings: Settings) -> [Double] {
    stream.segments.map { segment in
      var series = stream.series
      series.times = Array(series.times[segment])
      series.columns = [Array(series.columns[0][segment])]
      let errors = absoluteErrors(Trace.of(single: series, settings).predictions, series)
      let second = errors[(errors.count / 2)...].sorted()
      let kept = stream.hasOutliers ? second.prefix(second.count * 99 / 100) : second[...]
      return mean(Array(kept))
    }
  }

  /// The size of each error; the first event, of which nothing was said, has none.
  static func absoluteErrors(_ predictions: [Double], _ series: Series) -> [Double] {
    zip(predictions, series.columns[0]).map { $0.isNaN ? 0 : abs($1 - $0) }
  }
}
