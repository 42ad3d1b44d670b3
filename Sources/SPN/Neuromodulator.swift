/// What made the neuromodulator speak, in the order of its detectors.
enum DriftCause: Int {
  /// Larger or smaller residuals, residuals of one sign, stale slow weights, another level.
  case scaleUp, scaleDown, biasUp, biasDown, stale, level

  /// How the drift is announced: a bias is a trend, stale slow weights are changed dynamics.
  var kind: Drift.Kind {
    switch self {
    case .scaleUp, .scaleDown: .variance
    case .biasUp, .biasDown: .trend
    case .stale: .dynamics
    case .level: .level
    }
  }

  /// Whether levels learned before are misleading now.
  var movesLevel: Bool { self == .biasUp || self == .biasDown || self == .level }
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

/// Turns calibrated surprise into the decision that the stream has changed: five CUSUMs and a level
/// detector (SPN.md, 4c; E. Page, 1954).
struct Neuromodulator: ~Copyable {
  /// The residuals' distribution.
  var surprise: SurpriseScale
  private var recent: InlineArray<32, Float>
  private var recentPosition: Int
  private var sums: SIMD8<Float>
  /// Events since each sum left zero, and in the sixth lane since the level began to differ.
  private var ages: SIMD8<Float>
  private var bias: Float
  private var pause: Float
  private var shortLevel: Float
  private var longLevel: Float
  private var levelSpread: Float
  private var levelAge: Float
  private var reserved: SIMD2<Float>

  /// The five sums, for people to look at.
  var cusums: [Double] { (0..<5).map { Double(sums[$0]) } }

  /// Events for which no drift is announced yet.
  var quietEvents: Int { Int(pause) }

  /// Starts with a pause of 50 events.
  mutating func begin() { pause = 50 }

  /// Notes one event.
  /// - Parameters:
  ///   - error: the reference neuron's, in step scales.
  ///   - staleness: its loss beyond the mixture's, −2…2.
  ///   - spread: the typical distance from the 64-event level.
  mutating func observe(
    error: Float, staleness: Float, spread: Float, event: Observation
  ) -> Neuromodulation {
    let size = abs(error) * event.scale
    recentPosition = (recentPosition &+ 1) & 31
    recent[recentPosition] = size
    surprise.open(size, event: event)
    let score = surprise.sizeScore(size)
    let side = surprise.sideScore(size) * (error > 0 ? 1 : -1)
    surprise.learn(size, scale: event.scale)
    bias += surprise.meanRate * (side - bias)
    let distance = moveLevels(event, spread: spread)
    var finding = Neuromodulation(surprise: score, signal: 0)
    if pause > 0 {
      pause -= 1
    } else {
      let isRounding = size <= 0.03 * event.scale && score < 0
      accumulate(score: isRounding ? 0 : score, side: side - bias, staleness: staleness)
      finding.cause = cause(distance: distance)
    }
    let level = levelAge > 150 ? distance / Constants.levelAlarm : 0
    finding.signal = min(1, max(sums.max() / Constants.cusumAlarm, level))
    if let cause = finding.cause { describe(cause, in: &finding, event: event) }
    trackLevelSpread()
    return finding
  }

  /// Starts anew after a drift.
  mutating func settle() {
    pause = Constants.alarmPause
    sums = .zero
    ages = .zero
    longLevel = shortLevel
    levelAge = levelSpread > 0 ? 90 : 17
    surprise.rescale(to: recentMedian(of: recent.count))
    bias = 0
  }

  /// Moves the origin of the levels by `delta`.
  mutating func shift(by delta: Float) {
    shortLevel -= delta
    longLevel -= delta
  }

  private mutating func moveLevels(_ event: Observation, spread: Float) -> Float {
    levelAge += 1
    let delta = event.accepted - shortLevel
    let bounded = event.isSettled ? clip(delta, 5 * spread) : delta
    shortLevel += event.rate(atLeast: Constants.shortLevelRate) * bounded
    let longRate = max(1 / (levelAge + 1), Constants.longLevelRate)
    longLevel += longRate * (shortLevel - longLevel)
    let distance = ratio(abs(shortLevel - longLevel), levelSpread + 0.01 * event.scale)
    ages[5] = distance > Constants.levelAlarm / 3 ? ages[5] + 1 : 0
    return distance
  }

  private mutating func accumulate(score: Float, side: Float, staleness: Float) {
    let slack = Constants.cusumSlack
    let steps = SIMD8<Float>(
      score - slack, -score - slack, side - slack, -side - slack, staleness - Constants.staleSlack,
      0, 0, 0)
    let moved = sums + steps
    let isPositive = moved .> 0
    sums = moved.replacing(with: 0, where: .!isPositive)
    for j in 0..<5 { ages[j] = isPositive[j] ? ages[j] + 1 : 0 }
  }

  private func cause(distance: Float) -> DriftCause? {
    if levelAge > 150, distance > Constants.levelAlarm { return .level }
    var found: DriftCause?
    for j in 0..<5 where sums[j] > Constants.cusumAlarm { found = DriftCause(rawValue: j) }
    return found
  }

  private mutating func describe(
    _ cause: DriftCause, in finding: inout Neuromodulation, event: Observation
  ) {
    finding.age = Int(ages[cause.rawValue])
    finding.before = cause.movesLevel ? longLevel : surprise.middle
    // Only what came after the change says what is now.
    let after = recentMedian(of: min(max(finding.age, 5), recent.count))
    finding.after = cause.movesLevel ? shortLevel : after
    finding.isNoiseFree =
      recentMedian(of: recent.count) < Constants.noiseFreeShare * event.scale
  }

  private mutating func trackLevelSpread() {
    guard levelAge > 16 else { return }
    let distance = abs(shortLevel - longLevel)
    let bounded = levelAge > 40 ? min(distance, 3 * levelSpread) : distance
    levelSpread += max(1 / levelAge, 0.5 * Constants.longLevelRate) * (bounded - levelSpread)
  }

  private mutating func recentMedian(of newest: Int) -> Float {
    var sorted = InlineArray<32, Float> {
      $0 < newest ? recent[(recentPosition &- $0) & 31] : .infinity
    }
    sort(&sorted)
    return sorted[newest / 2]
  }
}
