/// What the anomaly evidence says about one event.
struct EvidenceFinding {
  /// What the contexts expected, relative to the anchor.
  var expected = 0.0
  /// The evidence before habituation, at least 0.
  var evidence = 0.0
  /// Novelty and weighted magnitude of the context residual, the contrast, the short level and the
  /// run of equal values, in evidence: even and odd lanes.
  var shares = SIMD8<Float>.zero
}

/// How unlike anything that this stream does in this context an event is.
///
/// Three channels — the residual against the contexts' weighted expectation, the contrast with a
/// fast trace, and the trace's level — are each judged by a novelty memory; their mean, or what an
/// improbable run of equal values says where that is more, is damped by tonic surprise, and a prior
/// takes away what a high sampling rate would add.
struct AnomalyEvidence: ~Copyable {
  private var contexts: ContextTables
  private var residualMemory: NoveltyMemory
  private var contrastMemory: NoveltyMemory
  private var levelMemory: NoveltyMemory
  private var errors: SIMD8<Double>
  private var mean: Double
  private var deviation: Double
  private var trace: Double
  private var visit: Double
  private var tonic: Double
  private var index: Int64

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
    learnErrors(learned, expectations, sigma: sigma)
    // A first value may lie anywhere, and a slot of the week would keep it for weeks.
    if i > 0 { contexts.learn(learned, slots, spacing: spacing) }
    pause()
    var finding = EvidenceFinding(expected: expected)
    growVisit(spacing: spacing)
    var raw = judge(
      residual: value - expected, contrast: contrast, anchor: anchor, components, &finding,
      pause: pause)
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
    levelMemory.shift(by: delta)
    mean -= delta
    trace -= delta
  }

  /// The expectations' mean, weighed by the inverse sixth power of their recent error (dynamic
  /// attention).
  private mutating func weigh(_ expectations: InlineArray<6, Double>) -> Double {
    var total = 0.0
    var sum = 0.0
    for j in 0..<6 {
      let inverse = 1 / (errors[j] + 0.001)
      let cube = inverse * inverse * inverse
      total += cube * cube
      sum += cube * cube * expectations[j]
    }
    return sum / total
  }

  private mutating func learnErrors(
    _ value: Double, _ expectations: InlineArray<6, Double>, sigma: Double
  ) {
    let rate = max(Constants.contextErrorRate, 1 / Double(index))
    for j in 0..<6 {
      errors[j] += rate * (min(abs(value - expectations[j]) / sigma, 5) - errors[j])
    }
  }

  private mutating func judge(
    residual: Double, contrast: Double, anchor: Double, _ components: Components,
    _ finding: inout EvidenceFinding, pause: () -> Void
  ) -> Double {
    let i = index - 1
    guard i >= Constants.noveltyWarmup else { return 0 }
    let rate = max(1 / Double(i - 4), 1 / Constants.slowEvents)
    var channels = 0.0
    var sum = 0.0
    func add(_ memory: NoveltyMemory.Finding, _ lane: Int) {
      pause()
      let share = components.contains(.magnitude) ? Constants.magnitudeShare : 0
      channels += 1
      sum += memory.novelty + share * memory.magnitude
      finding.shares[lane] = Float(memory.novelty)
      finding.shares[lane + 1] = Float(share * memory.magnitude)
    }
    if components.contains(.contextResidual) {
      add(residualMemory.observe(residual, origin: 0, visit: visit, rate: rate), 0)
    }
    if components.contains(.contrast) {
      add(contrastMemory.observe(contrast, origin: 0, visit: visit, rate: rate), 2)
    }
    if components.contains(.shortLevel) {
      add(levelMemory.observe(trace, origin: anchor, visit: visit, rate: rate), 4)
    }
    guard i >= Constants.evidenceWarmup, channels > 0 else {
      finding.shares = .zero
      return 0
    }
    finding.shares /= Float(channels)
    return sum / channels
  }

  private mutating func settle(
    _ raw: Double, spacing: Double, _ components: Components, _ finding: inout EvidenceFinding
  ) {
    let hasPrior = components.contains(.ratePrior) && spacing > 0
    let prior = hasPrior ? Constants.ratePrior * Functions.log(max(3600 / spacing, 1)) : 0
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
    levelMemory.rescale(by: visit)
    visit = 1
  }
}
