/// What the anomaly evidence says about one event.
struct EvidenceFinding {
  /// What the contexts expected, relative to the anchor.
  var expected = 0.0
  /// The evidence before habituation, at least 0.
  var evidence = 0.0
  /// Novelty and weighted magnitude of the context residual, the contrast, the lasting residual and
  /// the run of equal values, in evidence: even and odd lanes.
  var shares = SIMD8<Float>.zero
}

/// How unlike anything that this stream does in this context an event is.
///
/// Three channels — the residual against the contexts' weighted expectation, the contrast with a
/// fast trace, and a fast trace of the residuals, which is large where they last (S. Roberts,
/// "Control chart tests based on geometric moving averages", 1959) — are each judged by a novelty
/// memory. The root mean square of their novelties, so that what is unheard of in one of them is
/// not averaged away, and the mean of their magnitudes, or what an improbable run of equal values
/// says where that is more, are damped by tonic surprise, and a prior takes away what a high
/// sampling rate would add.
struct AnomalyEvidence: ~Copyable {
  private var residualMemory: NoveltyMemory
  private var contrastMemory: NoveltyMemory
  private var lastingMemory: NoveltyMemory
  private var residualTrace: Double
  private var errors: SIMD8<Double>
  private var mean: Double
  private var deviation: Double
  private var trace: Double
  private var visit: Double
  private var tonic: Double
  private var index: Int64
  private var contexts: ContextTables

  /// Judges a value and learns it. Values are relative to `anchor`.
  /// - Parameters:
  ///   - spacing: seconds between events, 0 while unknown.
  ///   - flatness: the evidence of the run of equal values that the value belongs to.
  mutating func observe(
    _ value: Double, anchor: Double, slots: ClockSlots, spacing: Double, flatness: Double,
    components: Components, pause: () -> Void
  ) -> EvidenceFinding {
    let i = index
    index += 1
    if i == 0 { trace = 0; visit = 1 }
    let rate = max(1 / Double(i + 1), 1 / Constants.slowEvents)
    let sigma = max(deviation, 1e-12 + 1e-6 * abs(mean + anchor))
    let limit = Constants.winsorLimit * sigma
    let learned =
      i >= Constants.noveltyWarmup ? min(max(value, mean - limit), mean + limit) : value
    let expectations = contexts.expectations(slots, mean: mean, value: value)
    let expected = weigh(expectations)
    let contrast = value - trace
    trace += contrast / Constants.traceEvents
    residualTrace += (value - expected - residualTrace) / Constants.lastingEvents
    learnErrors(learned, expectations, sigma: sigma)
    // A first value may lie anywhere, and a slot of the week would keep it for weeks.
    if i > 0 { contexts.learn(learned, slots, spacing: spacing) }
    pause()
    var finding = EvidenceFinding(expected: expected)
    growVisit(spacing: spacing)
    finding.shares = judge(
      residual: value - expected, contrast: contrast, components, pause: pause)
    var raw = Double(finding.shares.total)
    if flatness > raw {
      raw = flatness
      finding.shares = SIMD8(0, 0, 0, 0, 0, 0, Float(flatness), 0)
    }
    deviation += rate * (abs(value - mean) - deviation)
    mean += rate * (value - mean)
    settle(raw, spacing: spacing, components, &finding)
    return finding
  }

  /// What the contexts together expect at a time of the clock, relative to the anchor: the
  /// predictor's memory of levels, with its own slow level for what the clock does not know.
  /// - Parameter reach: how far from the slow level it may lie; a first value far away would
  ///   otherwise come back a week later.
  mutating func usualLevel(_ slots: ClockSlots, slowLevel: Float, reach: Float) -> Float {
    let level = Double(slowLevel)
    let usual = weigh(contexts.expectations(slots, mean: level, value: level))
    return slowLevel + clip(Float(usual - level), reach)
  }

  /// The usual level in an hour of the week, 0…167, or nil before the first visit.
  mutating func weekLevel(_ hour: Int) -> Float? { contexts.weekLevel(hour) }

  /// The usual level at an hour of the day, or nil before the first visit.
  mutating func dayHourLevel(_ slots: ClockSlots) -> Float? { contexts.dayHourLevel(slots) }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Double) {
    contexts.shift(by: delta)
    mean -= delta
    trace -= delta
  }

  /// The expectations' mean, weighed by the inverse sixth power of their recent error (dynamic
  /// attention).
  private mutating func weigh(_ expectations: InlineArray<6, Double>) -> Double {
    let inverses = 1 / (errors + 0.001)
    let cubes = inverses * inverses * inverses
    let weights = cubes * cubes
    let weighted = weights * Self.vector(expectations)
    var total = 0.0
    var sum = 0.0
    for j in 0..<6 {
      total += weights[j]
      sum += weighted[j]
    }
    return sum / total
  }

  private mutating func learnErrors(
    _ value: Double, _ expectations: InlineArray<6, Double>, sigma: Double
  ) {
    let rate = max(Constants.contextErrorRate, 1 / Double(index))
    let differences = (value - Self.vector(expectations)) * (1 / sigma)
    let sizes = differences.replacing(with: -differences, where: differences .< 0)
    errors += rate * (sizes.replacing(with: 5, where: sizes .> 5) - errors)
  }

  private static func vector(_ x: InlineArray<6, Double>) -> SIMD8<Double> {
    SIMD8(x[0], x[1], x[2], x[3], x[4], x[5], 0, 0)
  }

  /// What the channels have of novelty and magnitude, in even and odd lanes; they learn what they
  /// judged.
  private mutating func judge(
    residual: Double, contrast: Double, _ components: Components, pause: () -> Void
  ) -> SIMD8<Float> {
    let i = index - 1
    guard i >= Constants.noveltyWarmup else { return .zero }
    let first = residualMemory.judge(residual, visit: visit)
    pause()
    let second = contrastMemory.judge(contrast, visit: visit)
    pause()
    let third = lastingMemory.judge(residualTrace, visit: visit)
    pause()
    let logs = Functions.log(
      SIMD8(lowHalf: Self.powers(first, second), highHalf: Self.powers(third, third)))
    let novelties = logs.replacing(with: 0, where: logs .> 0) * -1
    let visits = visit / (1 + Constants.noveltyDistrust * SIMD4<Double>(novelties.evenHalf))
    let rate = max(1 / Double(i - Constants.noveltyWarmup + 1), 1 / Constants.slowEvents)
    residualMemory.learn(residual, first, visit: visits[0], rate: rate)
    pause()
    contrastMemory.learn(contrast, second, visit: visits[1], rate: rate)
    pause()
    lastingMemory.learn(residualTrace, third, visit: visits[2], rate: rate)
    guard i >= Constants.evidenceWarmup else { return .zero }
    return shares(novelties: novelties, magnitudes: logs, components)
  }

  /// The numbers whose logarithms are two channels' novelties, negated, and magnitudes.
  private static func powers(
    _ one: NoveltyMemory.Finding, _ other: NoveltyMemory.Finding
  ) -> SIMD4<Float> {
    SIMD4(one.visits + 1e-9, one.distance + 1, other.visits + 1e-9, other.distance + 1)
  }

  /// The root mean square of the novelties and the mean of the magnitudes over the channels that
  /// are used, in parts that sum to them.
  private func shares(
    novelties: SIMD8<Float>, magnitudes: SIMD8<Float>, _ components: Components
  ) -> SIMD8<Float> {
    let used: InlineArray<3, Bool> = [
      components.contains(.contextResidual), components.contains(.contrast),
      components.contains(.lastingResidual),
    ]
    let share = components.contains(.magnitude) ? Float(Constants.magnitudeShare) : 0
    var shares = SIMD8<Float>.zero
    var channels: Float = 0
    var squares: Float = 0
    for k in 0..<3 where used[k] {
      shares[2 * k] = novelties[2 * k] * novelties[2 * k]
      shares[2 * k + 1] = share * magnitudes[2 * k + 1]
      squares += shares[2 * k]
      channels += 1
    }
    guard channels > 0 else { return .zero }
    let unit = squares > 1e-30 ? (channels / squares).squareRoot() : 1
    return shares * SIMD8(lowHalf: SIMD4(unit, 1, unit, 1), highHalf: SIMD4(unit, 1, 1, 1))
      / channels
  }

  private mutating func settle(
    _ raw: Double, spacing: Double, _ components: Components, _ finding: inout EvidenceFinding
  ) {
    let hasPrior = components.contains(.ratePrior) && spacing > 0 && spacing < 3600
    let prior = hasPrior ? Constants.ratePrior * Functions.log(3600 / spacing) : 0
    let damping = components.contains(.tonic) ? 1 + Constants.tonicShare * tonic : 1
    finding.evidence = max(raw / damping - prior, 0)
    if raw > 0 { finding.shares *= Float(finding.evidence / raw) }
    tonic += max(1 / Double(index), 1 / Constants.tonicEvents) * (min(raw, 4) - tonic)
  }

  private mutating func growVisit(spacing: Double) {
    let events = spacing > 0 ? Constants.noveltySeconds / spacing : 0
    let range = Constants.noveltyEvents
    visit *= 1 + 1 / min(max(events, range.lowerBound), range.upperBound)
    guard visit > 1e30 else { return }
    residualMemory.rescale(by: visit)
    contrastMemory.rescale(by: visit)
    lastingMemory.rescale(by: visit)
    visit = 1
  }
}
