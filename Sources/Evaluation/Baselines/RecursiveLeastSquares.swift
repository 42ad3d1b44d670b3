/// A linear forecast `horizon` events ahead from the last eight values, a constant and two values
/// one season before, its weights by recursive least squares (Plackett 1950).
///
/// It is given the whole series' mean and deviation as its unit: a look ahead in its favour.
enum RecursiveLeastSquares {
  private static let lags = 8
  private static let firstCovariance = 100.0
  /// Forecasts beyond this many deviations are cut.
  private static let forecastMax = 100.0

  /// See `Baseline.forecasts`.
  ///
  /// - Parameter forgetting: what a past error weighs after one more event, above 0 to 1.
  static func forecasts(
    of values: [Double], season: Int, horizon: Int, forgetting: Double = 1
  ) -> [Double] {
    let average = mean(values)
    let deviation = mean(values.map { ($0 - average) * ($0 - average) }).squareRoot() + 1e-12
    let scaled = values.map { ($0 - average) / deviation }
    let phase = season * ((horizon + season - 1) / season)
    func inputs(after event: Int) -> [Double] {
      func value(_ index: Int) -> Double { scaled[index >= 0 ? index : event] }
      return (0..<lags).map { scaled[max(event - $0, 0)] }
        + [1, value(event + horizon - phase), value(event - phase)]
    }
    var solver = Solver(count: lags + 3, forgetting: forgetting)
    return values.indices.map { i in
      if i >= horizon { solver.learn(inputs(after: i - horizon), target: scaled[i]) }
      let forecast = solver.output(inputs(after: i))
      return min(max(forecast, -forecastMax), forecastMax) * deviation + average
    }
  }

  /// Weights and the inverse of the inputs' covariance.
  private struct Solver {
    private let forgetting: Double
    private var weights: [Double]
    private var inverse: [[Double]]

    init(count: Int, forgetting: Double) {
      self.forgetting = forgetting
      weights = (0..<count).map { $0 == 0 ? 1 : 0 }
      inverse = Self.fresh(count)
    }

    private static func fresh(_ count: Int) -> [[Double]] {
      (0..<count).map { a in (0..<count).map { a == $0 ? firstCovariance : 0 } }
    }

    func output(_ inputs: [Double]) -> Double {
      zip(weights, inputs).reduce(0) { $0 + $1.0 * $1.1 }
    }

    mutating func learn(_ inputs: [Double], target: Double) {
      let gains = inverse.map { row in zip(row, inputs).reduce(0) { $0 + $1.0 * $1.1 } }
      let leverage = zip(gains, inputs).reduce(forgetting) { $0 + $1.0 * $1.1 }
      let error = target - output(inputs)
      var trace = 0.0
      for a in weights.indices {
        weights[a] += gains[a] / leverage * error
        for b in a..<weights.count {
          let value = (inverse[a][b] - gains[a] * gains[b] / leverage) / forgetting
          inverse[a][b] = value
          inverse[b][a] = value
        }
        trace += inverse[a][a]
      }
      // Forgetting without news blows the covariance up.
      if !(trace < 1e8 * Double(weights.count)) { inverse = Self.fresh(weights.count) }
    }
  }
}
