/// What made the neuromodulator speak, in the order of its detectors.
enum DriftCause: Int {
  /// Larger or smaller residuals, residuals of one sign, stale slow weights, another level, a level
  /// that moves slowly.
  case scaleUp, scaleDown, biasUp, biasDown, stale, level, ramp

  /// How the drift is announced: a bias or a ramp is a trend, stale slow weights are changed
  /// dynamics.
  var kind: Drift.Kind {
    switch self {
    case .scaleUp, .scaleDown: .variance
    case .biasUp, .biasDown, .ramp: .trend
    case .stale: .dynamics
    case .level: .level
    }
  }

  /// Whether levels learned before are misleading now.
  var movesLevel: Bool {
    switch self {
    case .biasUp, .biasDown, .level, .ramp: true
    case .scaleUp, .scaleDown, .stale: false
    }
  }
}

/// What the neuromodulator found at one event.
struct Neuromodulation {
  /// The residual's normal score, −2…3.
  var surprise: Float
  /// How near an alarm is, 0…1.
  var signal: Float
  /// The detector that fired, if any.
  var cause: DriftCause?
  /// Events since the detector's sum left zero.
  var age: Int = 0
  /// The level (relative to the anchor) or residual size before.
  var before: Float = 0
  /// The same after.
  var after: Float = 0
  /// Whether residuals are mere rounding, so that a drift is none for an observer.
  var isNoiseFree = false
}

/// Turns calibrated surprise into the decision that the stream has changed: five CUSUMs, three of
/// them again with a larger slack, a detector of jumps and one of ramps (E. Page, "Continuous
/// inspection schemes", 1954).
///
/// A sum of scores with slack k adds up log likelihoods of a shift by 2k: a small slack finds small
/// changes, a large one finds large changes sooner at the same rate of false alarms.
struct Neuromodulator: ~Copyable {
  /// The residuals' distribution.
  var surprise: SurpriseScale
  private var recent: InlineArray<32, Float>
  private var recentPosition: Int
  private var sums: SIMD8<Float>
  /// Events since each sum left zero.
  private var ages: SIMD8<Float>
  private var bias: Float
  private var pause: Float
  /// The usual staleness: a stream that the mixture always predicts better does not drift.
  private var usualStaleness: Float
  /// Events for which staleness is not counted, because the neurons learn a new synapse.
  private var lesson: Float
  private var level: LevelDetector
  private var ramp: RampDetector

  /// The five sums, for people to look at: each the nearest to an alarm of its cause.
  var cusums: [Double] { (0..<5).map { Double(sums[largestSum(of: $0)]) } }

  /// Events for which no drift is announced yet.
  var quietEvents: Int { Int(pause) }

  /// Starts with a pause of 50 events.
  mutating func begin() { pause = 50 }

  /// Notes one event.
  /// - Parameters:
  ///   - error: the reference neuron's, in step scales.
  ///   - hourShare: how large errors are at this hour, relative to the day.
  ///   - staleness: its loss beyond the mixture's, −2…2.
  ///   - spread: the typical distance from the 64-event level.
  mutating func observe(
    error: Float, hourShare: Float, staleness: Float, spread: Float, event: Observation
  ) -> Neuromodulation {
    let raw = abs(error) * event.scale
    let size = raw / hourShare
    recentPosition = (recentPosition &+ 1) & 31
    recent[recentPosition] = size
    surprise.open(size, event: event)
    let score = surprise.sizeScore(size)
    let side = surprise.sideScore(size) * (error > 0 ? 1 : -1)
    surprise.learn(size, scale: event.scale)
    bias += surprise.meanRate * (side - bias)
    let jump = level.observe(event, bound: 5 * spread)
    let slope = ramp.observe(event, bound: 5 * spread)
    var finding = Neuromodulation(surprise: score, signal: 0)
    if pause > 0 {
      pause -= 1
    } else {
      let isRounding = raw <= 0.03 * event.scale && score < 0
      let excess = lesson > 0 ? 0 : staleness - max(usualStaleness, 0) - Constants.staleSlack
      accumulate(
        score: isRounding ? 0 : score, side: side - bias, excess: Constants.staleGain * excess)
      finding.cause = cause(jump: jump, slope: slope)
    }
    finding.signal = min(1, max(sums.largest / Constants.cusumAlarm, jump, slope))
    if let cause = finding.cause {
      describe(cause, in: &finding)
      let usual = recentMedian(of: recent.count) * hourShare
      finding.isNoiseFree = usual < Constants.noiseFreeShare * event.scale
    }
    lesson = max(lesson - 1, 0)
    usualStaleness += Constants.staleRate * (staleness - usualStaleness)
    level.learn()
    ramp.learn(event)
    return finding
  }

  /// Starts anew after a drift.
  mutating func settle(after cause: DriftCause) {
    let size = recentMedian(of: recent.count)
    let growth = min(size / (surprise.middle + Constants.scaleMin), 10)
    ramp.settle(at: level.short, growth: growth, after: cause)
    level.settle(after: cause)
    pause = Constants.alarmPause
    sums = .zero
    ages = .zero
    surprise.rescale(to: size)
    bias = 0
  }

  /// Gives the slow neuron time to learn a synapse that has just grown.
  mutating func excuse() {
    sums[DriftCause.stale.rawValue] = 0
    lesson = Constants.growthLesson
  }

  /// Moves the origin of the levels by `delta`.
  mutating func shift(by delta: Float) {
    level.shift(by: delta)
    ramp.shift(by: delta)
  }

  private mutating func accumulate(score: Float, side: Float, excess: Float) {
    let slack = Constants.cusumSlack
    let large = Constants.largeSlack
    let scores = SIMD8(score, -score, side, -side, excess, score, side, -side)
    let slacks = SIMD8(slack, slack, slack, slack, 0, large, large, large)
    let gains = SIMD8(slack, slack, slack, slack, 0.5, large, large, large) * 2
    let moved = sums + gains * (scores - slacks)
    let isPositive = moved .> 0
    sums = moved.replacing(with: 0, where: .!isPositive)
    ages = (ages + 1).replacing(with: 0, where: .!isPositive)
  }

  /// The sum of a cause that is nearest to an alarm: three have a second one.
  private func largestSum(of cause: Int) -> Int {
    let second =
      switch cause {
      case DriftCause.scaleUp.rawValue: 5
      case DriftCause.biasUp.rawValue: 6
      case DriftCause.biasDown.rawValue: 7
      default: cause
      }
    return sums[second] > sums[cause] ? second : cause
  }

  private mutating func cause(jump: Float, slope: Float) -> DriftCause? {
    if jump > 1 { return .level }
    if slope > 1 { return .ramp }
    guard sums.largest > Constants.cusumAlarm else { return nil }
    let last = (0..<5).last { sums[largestSum(of: $0)] > Constants.cusumAlarm }
    return last.flatMap { DriftCause(rawValue: $0) }
  }

  private mutating func describe(_ cause: DriftCause, in finding: inout Neuromodulation) {
    switch cause {
    case .level: (finding.age, finding.before) = (Int(level.excursion), level.long)
    case .ramp: (finding.age, finding.before) = (Int(ramp.excursion), ramp.long)
    case .biasUp, .biasDown: (finding.age, finding.before) = (age(of: cause), level.long)
    case .scaleUp, .scaleDown, .stale:
      (finding.age, finding.before) = (age(of: cause), surprise.middle)
    }
    // Only what came after the change says what is now.
    let newest = min(max(finding.age, 5), recent.count)
    finding.after = cause.movesLevel ? level.short : recentMedian(of: newest)
  }

  private mutating func age(of cause: DriftCause) -> Int {
    Int(ages[largestSum(of: cause.rawValue)])
  }

  private mutating func recentMedian(of newest: Int) -> Float {
    var sorted = InlineArray<32, Float> {
      $0 < newest ? recent[(recentPosition &- $0) & 31] : .infinity
    }
    sort(&sorted)
    return sorted[newest / 2]
  }
}
