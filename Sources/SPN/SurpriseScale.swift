/// How surprising a residual is: the running quantiles of its size, mapped to the quantiles of the
/// normal distribution.
struct SurpriseScale: ~Copyable {
  /// The sizes at the eleven probabilities below, in the channel's unit.
  private var thresholds: SIMD16<Float>
  private var age: Float
  private var reserved: SIMD2<Float>

  private static let count = 11
  private static var probabilities: SIMD16<Float> {
    SIMD16(0.05, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.9, 0.95, 0.98, 0.995, 0, 0, 0, 0, 0)
  }
  /// 1 / the probability between a size's two neighbours, where there are two.
  private static var densities: SIMD16<Float> {
    SIMD16(
      1 / 0.1, 1 / 0.25, 1 / 0.3, 1 / 0.3, 1 / 0.27, 1 / 0.22, 1 / 0.18, 1 / 0.13, 1 / 0.08,
      1 / 0.045, 1 / 0.015, 0, 0, 0, 0, 0)
  }
  /// Φ⁻¹(p): scores of a size among sizes.
  private static var sizeScores: SIMD16<Float> {
    SIMD16(
      -1.6448536, -1.0364334, -0.52440051, -0.12566135, 0.2533471, 0.58284151, 0.91536509,
      1.2815516, 1.6448536, 2.0537489, 2.5758293, 0, 0, 0, 0, 0)
  }
  /// Φ⁻¹((1+p)/2): scores of one side of a symmetric residual.
  private static var sideScores: SIMD16<Float> {
    SIMD16(
      0.062706778, 0.18911843, 0.38532047, 0.59776013, 0.84162123, 1.0803193, 1.340755,
      1.6448536, 1.959964, 2.3263479, 2.8070338, 0, 0, 0, 0, 0)
  }

  /// The usual size of a residual: its quantile at 0.45.
  var middle: Float { thresholds[3] }
  /// A large residual: the quantile at 0.995.
  var extreme: Float { thresholds[Self.count - 1] }

  /// Counts an event, and spreads the first sizes over the quantiles.
  mutating func open(_ size: Float, event: Observation) {
    age += 1
    guard event.count < 12 else { return }
    let spread = size * (0.1 + 1.9 * Self.probabilities)
    thresholds = thresholds.replacing(with: spread, where: spread .> thresholds)
  }

  /// The size's normal score, −2…3.
  func sizeScore(_ size: Float) -> Float { score(size, Self.sizeScores, lower: -2) }

  /// The normal score of the size on its side of the distribution, 0…3.
  func sideScore(_ size: Float) -> Float { score(size, Self.sideScores, lower: 0) }

  /// Moves the quantiles: up where exceeded, down where not, by the local distance between them.
  mutating func learn(_ size: Float, scale: Float) {
    let rate = max(0.003, 1 / (age + 10))
    let falls = Self.probabilities - 1
    let excess = falls.replacing(with: Self.probabilities, where: thresholds .< size)
    thresholds += (above - below) * Self.densities * excess * rate
    keepApart(by: 0.01 * scale)
  }

  /// Each size is larger than the one before by at least `gap`.
  private mutating func keepApart(by gap: Float) {
    thresholds[0] = max(thresholds[0], gap)
    let lacks = gap - (above - thresholds)
    guard max(lacks.lowHalf.largest, lacks[8], lacks[9]) > 0 else { return }
    for j in 1..<Self.count { thresholds[j] = max(thresholds[j], thresholds[j - 1] + gap) }
  }

  /// The size above each; the last is its own.
  private var above: SIMD16<Float> {
    let t = thresholds
    return SIMD16(
      t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[10], 0, 0, 0, 0, 0)
  }

  /// The size below each; the first is its own.
  private var below: SIMD16<Float> {
    let t = thresholds
    return SIMD16(
      t[0], t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], 0, 0, 0, 0, 0)
  }

  /// Stretches the quantiles to a new usual size, after a drift.
  mutating func rescale(to size: Float) {
    thresholds *= clamp(size / (middle + Constants.scaleMin), 0.1, 10)
    age = 20
  }

  /// The running mean's rate of what is derived from the scores.
  var meanRate: Float { max(0.003, 1 / (age + 30)) }

  private func score(_ size: Float, _ scores: SIMD16<Float>, lower: Float) -> Float {
    if size <= thresholds[0] {
      return lower + (scores[0] - lower) * size / (thresholds[0] + Constants.scaleMin)
    }
    var j = 1
    while j < Self.count - 1, size >= thresholds[j] { j += 1 }
    let width = thresholds[j] - thresholds[j - 1] + Constants.scaleMin
    // Below the last knot this interpolates between two; beyond it, the last slope goes on.
    let from = size < thresholds[j] ? j - 1 : j
    let value = scores[from] + (scores[j] - scores[j - 1]) * ((size - thresholds[from]) / width)
    return min(3, value)
  }
}
