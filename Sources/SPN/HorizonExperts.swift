/// What the experts say of one step further ahead and what was made of it, relative to the anchor:
/// 64 bytes that wait until the step has come.
struct HorizonExperts {
  /// The neurons' own iterated prediction.
  static let path = 0
  /// The last value.
  static let persistence = 1
  /// The level of 64 events.
  static let level = 2
  /// What the contexts together expect then.
  static let usual = 3
  /// The same, moved by what separates the stream from it now.
  static let movedUsual = 4
  /// The usual level at that hour of the day.
  static let dayHour = 5
  /// The same, moved by what separates the stream from it now.
  static let movedDayHour = 6
  /// The first of three lags: what came one period ago.
  static let lag = 7
  /// The same, moved by what has changed in one period.
  static let movedLag = 10
  /// All experts.
  static let count = 13

  /// Each expert's value, NaN where it does not speak; then the forecast and its interval's ends.
  private var lanes: SIMD16<Float>

  /// Starts with the last value, and no other expert.
  init(last: Float) {
    lanes = SIMD16(repeating: .nan)
    lanes[Self.persistence] = last
  }

  /// Lets an expert speak.
  mutating func set(_ expert: Int, _ value: Float) {
    lanes[expert] = clip(value, Constants.relativeMax)
  }

  /// The last value when they spoke.
  var last: Float { lanes[Self.persistence] }

  /// What was forecast, and the interval's ends relative to it.
  var forecast: (value: Float, lower: Float, upper: Float) {
    get { (lanes[13], lanes[14], lanes[15]) }
    set { (lanes[13], lanes[14], lanes[15]) = newValue }
  }

  /// Their steps from the last value, in step scales, for the attention to weigh.
  func experts(scale: Float) -> Experts {
    var experts = Experts()
    for k in 0..<Self.count where !lanes[k].isNaN {
      experts.set(k, ratio(lanes[k] - last, scale))
    }
    return experts
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    for k in 0...Self.count { lanes[k] -= delta }
  }
}
