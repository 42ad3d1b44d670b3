/// Exponential smoothing with an additive season and a damped trend (Holt 1957, Winters 1960;
/// Gardner and McKenzie 1985 for the damping).
///
/// ℓ ← ℓ + φb + αe, b ← φb + αβe, s ← s + γ(1 − α)e, with β = 0.01, γ = 0.1, φ = 0.9.
enum HoltWinters {
  private static let trendRate = 0.01
  private static let seasonRate = 0.1
  private static let damping = 0.9

  /// See `Baseline.forecasts`; α is 0.6 for the next event, 0.3 for later ones.
  static func forecasts(of values: [Double], season: Int, horizon: Int) -> [Double] {
    let levelRate = horizon == 1 ? 0.6 : 0.3
    var reach = 0.0
    var power = 1.0
    for _ in 0..<horizon {
      power *= damping
      reach += power
    }
    var level = values.first ?? 0
    var trend = 0.0
    var seasons = Array(repeating: 0.0, count: season)
    return values.indices.map { i in
      if i > 0 {
        let error = values[i] - (level + damping * trend + seasons[i % season])
        level += damping * trend + levelRate * error
        trend = damping * trend + levelRate * trendRate * error
        seasons[i % season] += seasonRate * (1 - levelRate) * error
      }
      return level + reach * trend + seasons[(i + horizon) % season]
    }
  }
}
