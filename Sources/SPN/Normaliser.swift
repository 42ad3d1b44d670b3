/// A channel's origin and unit: what makes all streams look alike to the rest of the network.
///
/// Values are kept relative to an anchor in Double, so that an offset of 1e12 costs no precision;
/// steps are measured in a robust running mean of their size. Four levels of 4, 16, 64 and 256
/// events with their spreads, and a sign-like median, follow the stream.
struct Normaliser: ~Copyable {
  /// The origin of all relative values.
  var anchor: Double
  /// The robust step scale s.
  var scale: Float
  /// The last observed value.
  var last: Float
  /// The four levels.
  var levels: SIMD4<Float>
  /// The typical distance from each level, at least the step scale.
  var spreads: SIMD4<Float>
  /// A median that moves by a bounded step.
  var median: Float
  /// The largest recent step, in step scales.
  var stepMax: Float
  /// The recent share of steps beyond ten scales.
  private var jumpShare: Float
  /// What became of the last value: 1 if it waits for confirmation, −1 if it is an outlier that was
  /// let through, else 0.
  var quarantine: Float
  private var eventsSinceShift: Float
  /// The recent share of outliers that the next value confirmed.
  private var confirmedShare: Float

  /// Whether outliers are jumps here, as where something is switched on and off.
  var usuallyJumps: Bool { confirmedShare > Constants.jumpShare }

  /// Starts at the first value.
  mutating func begin(at value: Double) {
    anchor = value
    scale = Constants.scaleMin
    spreads = SIMD4(repeating: Constants.scaleMin)
  }

  /// The step scale before the event's own step is learned: at first, the step itself.
  mutating func openScale(_ value: Float, magnitude: Float, count: Float) {
    let isTiny = scale < 1e-8 * (2 * magnitude) + Constants.scaleMin
    guard count == 1 || (isTiny && count <= 5) else { return }
    scale = max(abs(value - last), floor(for: magnitude))
  }

  /// Learns whether the last outlier was the first of many.
  mutating func confirm(_ isConfirmed: Bool) {
    confirmedShare += Constants.jumpRate * ((isConfirmed ? 1 : 0) - confirmedShare)
  }

  /// Learns one event.
  mutating func learn(_ event: Observation, history: inout LagHistory) {
    let isSettled = event.isSettled
    let rate = event.rate(atLeast: Constants.scaleRate)
    let distance = event.isQuarantined ? scale : abs(event.value - event.clean)
    let step = event.isQuarantined ? 0 : abs(event.step)
    stepMax = event.count > 3 ? max(step, 0.99 * stepMax) : 1
    jumpShare += 0.125 * ((abs(event.rawStep) > 10 ? 1 : 0) - jumpShare)
    scale += rate * ((isSettled ? min(distance, 10 * scale) : distance) - scale)
    if jumpShare > 0.4 { scale = max(scale, 0.5 * history.medianStepOfFive()) }
    scale = max(scale, floor(for: event.magnitude))
    median += 0.5 * clip(event.accepted - median, 0.2 * scale)
    let deltas = event.accepted - levels
    let sizes = deltas.replacing(with: -deltas, where: deltas .< 0)
    let steps = isSettled ? deltas.clipped(50 * spreads) : deltas
    levels += event.rates(atLeast: Constants.levelRates) * steps
    let limits = 10 * spreads
    let bounded = isSettled ? sizes.replacing(with: limits, where: limits .< sizes) : sizes
    spreads += rate * (bounded - spreads)
    spreads.replace(with: scale, where: spreads .< scale)
  }

  /// How far the anchor should move so that Float resolves the steps, or 0.
  mutating func anchorShift(history: inout LagHistory) -> Float {
    eventsSinceShift += 1
    let isFar = abs(levels[0]) > Constants.anchorReach * scale
    guard isFar, eventsSinceShift > Constants.anchorPeriod else { return 0 }
    eventsSinceShift = 0
    return history.medianOfFive()
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    anchor += Double(delta)
    last -= delta
    levels -= delta
    median -= delta
  }

  /// Resets the levels that a drift left behind.
  mutating func reanchor(at level: Float) {
    let isShortLevelNear = abs(levels[0] - level) < 50 * spreads[0]
    let target = isShortLevelNear ? levels[0] : level
    for k in 0..<4 where k >= 2 || abs(levels[k] - level) > 50 * spreads[k] { levels[k] = target }
    if abs(median - level) > 50 * spreads[2] { median = level }
  }

  private func floor(for magnitude: Float) -> Float {
    Constants.scaleFloor * magnitude + Constants.scaleMin
  }
}
