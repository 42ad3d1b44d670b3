/// Six regimes that the stream has been in: the weights that worked there, the levels that held and
/// the season's pattern, recalled when they predict better than the neurons after a drift.
///
/// A regime speaks from its own memory: what its weights say of levels and of lags is taken from
/// what it remembers, not from what another regime has left behind.
struct RegimeMemory: ~Copyable {
  private var weights: InlineArray<6, Lanes>
  private var levels: InlineArray<6, SIMD4<Float>>
  private var patterns: InlineArray<6, RegimePattern>
  /// A slow copy of the weights at work: what gets archived.
  private var consolidated: Lanes
  private var consolidatedLevels: SIMD4<Float>
  private var uses: SIMD8<Float>
  private var isUsed: SIMD8<Float>
  private var consolidation: Float
  /// Events since the last drift; large before the first.
  private var sinceDrift: Float
  /// The recalled regime's number plus one, or 0.
  private var current: Int

  /// Starts empty.
  mutating func begin() { sinceDrift = 1e9 }

  /// Whether a slot holds a regime.
  func holds(_ slot: Int) -> Bool { isUsed[slot] > 0 }

  /// What a regime's weights predict, within the largest recent steps.
  mutating func output(_ slot: Int, _ inputs: Lanes, bound: Float) -> Float {
    clip((weights[slot] * inputs).total, bound)
  }

  /// A regime's weights.
  mutating func weights(of slot: Int) -> Lanes { weights[slot] }

  /// A regime's levels.
  mutating func levels(of slot: Int) -> SIMD4<Float> { levels[slot] }

  /// What a regime's value was, or would have been, at an event; nil where it has no season.
  mutating func value(of slot: Int, at eventIndex: Int64) -> Float? {
    guard patterns[slot].isSeasonal else { return nil }
    return levels[slot][3] + patterns[slot].value(at: eventIndex)
  }

  /// Keeps the pattern of a regime that has just been archived.
  mutating func learnPattern(
    of slot: Int, _ history: inout LagHistory, lags: SIMD4<Int32>, events: Range<Int>,
    eventIndex: Int64
  ) {
    patterns[slot].learn(
      &history, lags: lags, level: levels[slot][3], events: events, eventIndex: eventIndex)
  }

  /// Counts one event.
  mutating func advance() { sinceDrift += 1 }

  /// Follows the weights and levels at work.
  mutating func consolidate(_ working: Lanes, levels: SIMD4<Float>) {
    consolidation += 1
    let rate = max(1 / consolidation, 0.01)
    consolidated.addProduct(working - consolidated, rate)
    consolidatedLevels += (levels - consolidatedLevels) * rate
  }

  /// A drift ends the regime: archives it if it lasted, and says where.
  mutating func archive() -> Int? {
    sinceDrift = 0
    defer { current = 0 }
    guard consolidation > Constants.archiveAge else { return nil }
    var slot = current - 1
    if slot < 0 {
      slot = 0
      // A free slot has no use at all, so that the least used one is a free one while there is any.
      for k in 1..<Constants.regimeCount where rank(k) < rank(slot) { slot = k }
    }
    weights[slot] = consolidated
    levels[slot] = consolidatedLevels
    isUsed[slot] = 1
    uses[slot] = 1
    consolidation = 0
    return slot
  }

  /// Notes how much attention the regimes get, of the experts' weights.
  mutating func noteUse(_ weights: Lanes) {
    for k in 0..<Constants.regimeCount where holds(k) {
      uses[k] += 0.001 * (10 * weights[Experts.regime + k] - uses[k])
    }
  }

  /// The regime to recall, if one beats the neurons soon after a drift.
  mutating func candidate(losses: Lanes, neuronLoss: Float) -> Int? {
    guard sinceDrift >= 2, sinceDrift < 80, current == 0 else { return nil }
    var best: Int?
    var least = Constants.recallShare * neuronLoss
    for k in 0..<Constants.regimeCount where holds(k) && losses[Experts.regime + k] < least {
      best = k
      least = losses[Experts.regime + k]
    }
    return best
  }

  /// The regime of another level whose value at an event would have been nearest, once this one has
  /// lasted.
  mutating func nearest(to value: Float, within reach: Float, eventIndex: Int64) -> Int? {
    guard consolidation > Constants.archiveAge else { return nil }
    var best: Int?
    var least = reach
    for k in 0..<Constants.regimeCount where holds(k) && k + 1 != current {
      guard abs(levels[k][3] - consolidatedLevels[3]) > Constants.returnResidual * reach
      else { continue }
      let distance = abs(value - (self.value(of: k, at: eventIndex) ?? levels[k][3]))
      if distance < least {
        best = k
        least = distance
      }
    }
    return best
  }

  /// Makes a regime the current one.
  mutating func recall(_ slot: Int) {
    current = slot + 1
    consolidated = weights[slot]
    consolidation = 200
  }

  /// Whether a regime's pattern stands in for a lag synapse.
  func isPeriodic(_ slot: Int, lagSlot: Int) -> Bool { patterns[slot].isPeriodic(lagSlot) }

  /// Forgets what the weights of one input were, in every regime that needs the synapse to speak.
  mutating func reset(_ input: Int) {
    consolidated[input] = 0
    let lagSlot = (input - Constants.lagInput) / 2
    let isLag = input >= Constants.lagInput && lagSlot < Constants.lagSlotCount
    for k in weights.indices where !(isLag && isPeriodic(k, lagSlot: lagSlot)) {
      weights[k][input] = 0
    }
  }

  /// Moves the origin of the levels by `delta`.
  mutating func shift(by delta: Float) {
    consolidatedLevels -= delta
    for k in levels.indices { levels[k] -= delta }
  }

  /// Events since the last drift; nil before the first.
  var eventsSinceDrift: Int? { sinceDrift < 1e8 ? Int(sinceDrift) : nil }

  /// One place, for people to look at.
  mutating func view(_ slot: Int, weight: Float, anchor: Double) -> Anatomy.Regime {
    Anatomy.Regime(
      isHeld: holds(slot), use: Double(uses[slot]), weight: Double(weight),
      isRecalled: current == slot + 1,
      level: holds(slot) ? anchor + Double(levels[slot][3]) : nil)
  }

  private func rank(_ slot: Int) -> Float { holds(slot) ? uses[slot] : -1 }
}
