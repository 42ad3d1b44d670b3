/// One series after its run: how well the network and the baselines forecast each of its channels.
struct ForecastTrial: Sendable {
  /// One channel.
  struct Channel: Sendable {
    var name: String
    /// The scores of the network and of each baseline, one step and `horizon` steps ahead.
    var network: [ForecastScore] = []
    var baselines: [[ForecastScore]] = []
    /// The intervals one step and `horizon` steps ahead.
    var interval: IntervalScore
    var furtherInterval: IntervalScore
    /// Mean squared error over all steps up to the horizon, in the series' variance.
    var path = Double.nan
  }

  var channels: [Channel]

  /// - Parameters:
  ///   - series: one stream; its channels are learned together.
  ///   - horizon: the further horizon, in events.
  init(_ series: Series, _ settings: Settings, horizon: Int) {
    var settings = settings
    settings.model.horizon = horizon
    let traces = Trace.of(series, settings, keepsForecasts: true)
    let season = series.eventsPerDay
    channels = traces.indices.map { c in
      let values = series.columns[c]
      let filled = Self.filled(values)
      let trace = traces[c]
      func scores(_ forecasts: (Int) -> [Double]) -> [ForecastScore] {
        [1, horizon].map {
          ForecastScore(forecasts($0), values: values, filled: filled, horizon: $0)
        }
      }
      var channel = Channel(
        name: series.channels.count > 1 ? "\(series.name)/\(series.channels[c])" : series.name,
        interval: IntervalScore(trace, values: values, filled: filled),
        furtherInterval: IntervalScore(
          lower: trace.furthestLower, upper: trace.furthestUpper, values: values, filled: filled,
          horizon: horizon))
      channel.network = scores { trace.forecasts(ahead: $0) }
      channel.baselines = Baseline.allCases.map { baseline in
        scores { baseline.forecasts(of: filled, season: season, horizon: $0) }
      }
      channel.path = mean(
        (1...horizon).map {
          ForecastScore(trace.forecasts(ahead: $0), values: values, filled: filled, horizon: $0)
            .standardisedError
        })
      return channel
    }
  }

  /// The values with the last known one where one is missing.
  static func filled(_ values: [Double]) -> [Double] {
    var last = values.first { $0.isFinite } ?? 0
    return values.map { value in
      if value.isFinite { last = value }
      return last
    }
  }
}
