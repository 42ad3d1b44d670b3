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
    if adapts { adapt(residual, miss: Float(1 - coverage) / 2, count: event.count) }
    let isBounded = event.isSettled || event.isQuarantined
    let sizes = SIMD4(repeating: size)
    let limits = scales * 6
    let bounded = isBounded ? sizes.replacing(with: limits, where: limits .< sizes) : sizes
    scales += event.rates(atLeast: Constants.intervalRates) * (bounded - scales)
    let floor = 1e-7 * event.scale + Constants.scaleMin
    scales.replace(with: floor, where: scales .< floor)
    if event.count == 1 {
      lossScale = 5 * size + Constants.scaleMin
    } else {
      lossScale += event.rate(atLeast: 0.01) * (min(5 * size, 20 * lossScale) - lossScale)
    }
    if adapts { weigh() }
  }

  /// Notes each expert's Winkler loss, and moves its quantiles: out where missed, in where not.
  private mutating func adapt(_ residual: Float, miss: Float, count: Float) {
    let upper = upperQuantiles * scales
    let lower = lowerQuantiles * scales
    let above = residual - upper
    let below = lower - residual
    let excess = above.replacing(with: below, where: below .> above)
    let missed = excess.replacing(with: 0, where: excess .< 0)
    let winkler = (upper - lower) + missed / miss
    let loss = winkler * (1 / (lossScale + Constants.scaleMin))
    losses = 0.99 * losses + 0.01 * loss.replacing(with: 50, where: loss .> 50)
    let rate = Constants.conformalRate * clamp(100 / (count + 1), 1, 4)
    let step = (upperQuantiles - lowerQuantiles) * rate
    let kept = SIMD4(repeating: -miss)
    upperQuantiles += step * kept.replacing(with: 1 - miss, where: above .> 0)
    lowerQuantiles -= step * kept.replacing(with: 1 - miss, where: below .> 0)
    let (least, most) = (SIMD4<Float>(repeating: 0.2), SIMD4<Float>(repeating: 60))
    upperQuantiles = upperQuantiles.clipped(least, most)
    lowerQuantiles = lowerQuantiles.clipped(-most, -least)
  }

  private mutating func weigh() {
    let best = min(losses.x, losses.y, losses.z)
    let excess = (losses - best) * -3
    let powers = Functions.exp(SIMD8(lowHalf: excess, highHalf: SIMD4(repeating: 0))).lowHalf
    let total = powers.x + powers.y + powers.z
    weights = SIMD4(powers.x, powers.y, powers.z, 0) * (1 / total)
  }
}
