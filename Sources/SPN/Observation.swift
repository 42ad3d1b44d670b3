/// One event of one channel, as the predictor's components see it. Values are relative to the
/// anchor.
struct Observation {
  /// The value.
  var value: Float
  /// The accepted value's size, not relative to the anchor.
  var magnitude: Float
  /// The value before, as it was observed.
  var last: Float
  /// The value before, as it was accepted.
  var clean: Float
  /// What enters the history and the traces: the value, or the prediction while in quarantine.
  var accepted: Float
  /// What was predicted.
  var prediction: Float
  /// The robust step scale before the event.
  var scale: Float
  /// The step from the last accepted value, in step scales, −1000…1000.
  var step: Float
  /// The step from the last observed value, in step scales.
  var rawStep: Float
  /// The step from the last value that was accepted when the forecast was made, in step scales.
  var target: Float
  /// Finite values observed after the first, this one included; at least 1.
  var count: Float
  /// An isolated gross outlier, not learned unless the next event confirms it.
  var isQuarantined: Bool
  /// The remembered regime that the value belongs to, while it is inexplicable in this one.
  var returned: Int?

  /// Whether the stream is too young for its weights to learn.
  var isWarm: Bool { count <= 5 }
  /// Whether the scales are known well enough to cut outliers.
  var isSettled: Bool { count > 20 }

  /// A running mean's rate: 1/(n+1), and later the slowest rate given.
  func rate(atLeast slowest: Float) -> Float { max(1 / (count + 1), slowest) }

  /// The rates of four running means.
  func rates(atLeast slowest: SIMD4<Float>) -> SIMD4<Float> {
    let young = 1 / (count + 1)
    return slowest.replacing(with: young, where: slowest .< young)
  }
}
