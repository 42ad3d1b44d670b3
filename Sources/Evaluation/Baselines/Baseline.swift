/// The forecasters that the network is compared with.
///
/// Each sees one series once, event by event, and says after each event what comes `horizon` events
/// later.
package enum Baseline: CaseIterable, Sendable {
  /// The last value.
  case persistence
  /// The last known value of the same phase of the season.
  case seasonalNaive
  /// Additive Holt-Winters with a damped trend.
  case holtWinters
  /// An autoregression on eight values and one season, by recursive least squares.
  case autoregression

  /// Its name in tables.
  package var name: String {
    switch self {
    case .persistence: "persistence"
    case .seasonalNaive: "seasonal naive"
    case .holtWinters: "Holt-Winters"
    case .autoregression: "RLS AR(8) + season"
    }
  }

  /// The forecasts: number `i` was made after event `i` for event `i + horizon`.
  ///
  /// - Parameters:
  ///   - values: finite numbers.
  ///   - season: events in a season, at least 2.
  ///   - horizon: events ahead, at least 1.
  package func forecasts(of values: [Double], season: Int, horizon: Int) -> [Double] {
    switch self {
    case .persistence: values
    case .seasonalNaive:
      values.indices.map { i in
        let source = i + horizon - season * ((horizon + season - 1) / season)
        return source >= 0 ? values[source] : values[i]
      }
    case .holtWinters:
      HoltWinters.forecasts(of: values, season: season, horizon: horizon)
    case .autoregression:
      RecursiveLeastSquares.forecasts(of: values, season: season, horizon: horizon)
    }
  }
}
