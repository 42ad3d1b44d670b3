/// Six regimes that the stream has been in: the weights that worked there and the levels that held,
/// recalled when they predict better than the neurons after a drift (SPN.md, 4f and 4g).
struct RegimeMemory: ~Copyable {
  private var weights: InlineArray<6, Lanes>
  /// A slow copy of the weights at work: what gets archived.
  private var consolidated: Lanes
  private var levels: InlineArray<6, SIMD4<Float>>
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

  /// Makes a regime the current one.
  mutating func recall(_ slot: Int) {
    current = slot + 1
    consolidated = weights[slot]
    consolidation = 200
  }

  /// Forgets what the weights of one input were, in every regime.
  mutating func reset(_ input: Int) {
    consolidated[input] = 0
    for k in weights.indices { weights[k][input] = 0 }
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
