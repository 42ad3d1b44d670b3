/// The interval around the prediction: three experts with scales of 8, 40 and 300 events, each with
/// quantiles that adapt until they are missed as often as asked, weighed by their Winkler loss
/// (after Gibbs and Candès, "Adaptive conformal inference", 2021).
struct ConformalInterval: ~Copyable {
  private var scales: SIMD4<Float>
  private var lowerQuantiles: SIMD4<Float>
  private var upperQuantiles: SIMD4<Float>
  private var losses: SIMD4<Float>
  private var weights: SIMD4<Float>
  private var lossScale: Float
  private var reserved: SIMD2<Float>

  /// Starts with the quantiles of a normal residual; the fourth lane stays unused.
  mutating func begin(firstQuantile: Float) {
    scales = SIMD4(repeating: Constants.scaleMin)
    lowerQuantiles = SIMD4(-firstQuantile, -firstQuantile, -firstQuantile, 0)
    upperQuantiles = SIMD4(firstQuantile, firstQuantile, firstQuantile, 0)
    weights = SIMD4(1 / 3, 1 / 3, 1 / 3, 0)
    lossScale = 1
  }

  /// The interval's ends relative to the prediction.
  var reach: (lower: Float, upper: Float) {
    let weighted = weights * scales
    let low = weighted * lowerQuantiles
    let high = weighted * upperQuantiles
    return (low.x + low.y + low.z, high.x + high.y + high.z)
  }

  /// Learns one residual; with `adapts` false only the scales do.
  mutating func learn(_ event: Observation, coverage: Double, adapts: Bool) {
    let residual = event.value - event.prediction
    let size = abs(residual)
    let miss = Float(1 - coverage) / 2
    let rate =
      Constants.conformalRate * clamp(100 / (event.count + 1), 1, 4)
    for k in 0..<3 {
      if adapts { adapt(k, residual: residual, miss: miss, rate: rate) }
      let scaleRate = event.rate(atLeast: Constants.intervalRates[k])
      let isBounded = event.isSettled || event.isQuarantined
      let bounded = isBounded ? min(size, 6 * scales[k]) : size
      scales[k] += scaleRate * (bounded - scales[k])
      scales[k] = max(scales[k], 1e-7 * event.scale + Constants.scaleMin)
    }
    if event.count == 1 {
      lossScale = 5 * size + Constants.scaleMin
    } else {
      lossScale += event.rate(atLeast: 0.01) * (min(5 * size, 20 * lossScale) - lossScale)
    }
    if adapts { weigh() }
  }

  private mutating func adapt(_ k: Int, residual: Float, miss: Float, rate: Float) {
    let upper = upperQuantiles[k] * scales[k]
    let lower = lowerQuantiles[k] * scales[k]
    var winkler = upper - lower
    if residual > upper { winkler += (residual - upper) / miss }
    if residual < lower { winkler += (lower - residual) / miss }
    losses[k] = 0.99 * losses[k] + 0.01 * min(winkler / (lossScale + Constants.scaleMin), 50)
    let step = rate * (upperQuantiles[k] - lowerQuantiles[k])
    let raised = upperQuantiles[k] + step * ((residual > upper ? 1 : 0) - miss)
    let lowered = lowerQuantiles[k] - step * ((residual < lower ? 1 : 0) - miss)
    upperQuantiles[k] = clamp(raised, 0.2, 60)
    lowerQuantiles[k] = clamp(lowered, -60, -0.2)
  }

  private mutating func weigh() {
    let best = min(losses.x, losses.y, losses.z)
    let excess = (losses - best) * -3
    let powers = Functions.exp(SIMD8(lowHalf: excess, highHalf: SIMD4(repeating: 0))).lowHalf
    let total = powers.x + powers.y + powers.z
    weights = SIMD4(powers.x, powers.y, powers.z, 0) / total
  }
}
