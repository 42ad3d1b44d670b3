/// What the experts say about one event, and how much each is believed.
struct Experts {
  /// The slow neuron's place.
  static let slow = 0
  /// The plastic neuron's place.
  static let plastic = 1
  /// The place of the last value.
  static let persistence = 2
  /// The first of four levels.
  static let level = 3
  /// The median's place.
  static let median = 7
  /// The first of three lag synapses.
  static let lag = 8
  /// The clock memory's place.
  static let clock = 11
  /// The first of six regimes.
  static let regime = 12
  /// The place of the episode that repeats.
  static let episode = 18
  /// All experts; lanes beyond stay inactive.
  static let count = 19
  /// The experts' parts of the share for everyone: a regime comes back sooner than another expert
  /// becomes good by accident.
  static var parts: Lanes {
    Lanes(repeating: 1, except: regime..<episode, Constants.regimePart)
  }

  /// Each expert's step from the last accepted value, in step scales; 0 where inactive.
  var values = Lanes()
  /// 1 for experts that speak, 0 for the others.
  var active = Lanes()
  /// The attention's weights over the active experts, summing to 1.
  var weights = Lanes()
  /// The same without those at the floor: what the mixture uses.
  var shares = Lanes()
  /// The number of active experts, at least 1.
  var activeCount: Float = 1
  /// The mixture of the values.
  var blend: Float = 0

  /// Lets an expert speak.
  mutating func set(_ expert: Int, _ value: Float, isActive: Bool = true) {
    values[expert] = value
    active[expert] = isActive ? 1 : 0
  }

  /// Believes one expert alone.
  mutating func believe(_ expert: Int) {
    shares = Lanes()
    shares[expert] = 1
    blend = values[expert]
  }
}

/// The gate over the experts: exponentiated weights with half a gradient and half a true loss, a
/// fixed share for everyone, and a hard floor (after Herbster and Warmuth,
/// "Tracking the best expert", 1998). Its weights are the explanation.
struct DynamicAttention: ~Copyable {
  /// Each expert's weight, 0…1.
  private(set) var weights: Lanes
  /// Each expert's recent loss in units of the mixture's.
  private(set) var losses: Lanes
  private var lossScale: Float
  private var reserved: Float

  /// Starts with equal weights.
  mutating func begin() {
    lossScale = 1
    for k in 0..<Experts.count {
      weights[k] = 1 / Float(Experts.count)
      losses[k] = 1
    }
  }

  /// The unit of losses: the experts' weighted mean loss.
  var lossUnit: Float { lossScale + 1e-9 }

  /// Gives an expert a start: the share of everyone, and a loss that it has to prove better.
  mutating func open(_ expert: Int, loss: Float? = nil) {
    weights[expert] = Constants.attentionShare
    if let loss { losses[expert] = loss }
  }

  /// Weighs the experts and mixes what they say.
  /// - Parameter parts: each expert's part of the share for everyone.
  mutating func mix(_ experts: inout Experts, parts: Lanes = Experts.parts) {
    let masked = weights * experts.active
    experts.activeCount = max(experts.active.total, 1)
    experts.weights = masked * (1 / max(masked.total, 1e-30))
    let floor = Constants.attentionFloor * Constants.attentionShare / experts.activeCount
    let lifted = (experts.weights - parts * floor).positiveParts * experts.active
    let total = lifted.total
    experts.shares = total > 1e-12 ? lifted * (1 / total) : experts.weights
    experts.blend = (experts.shares * experts.values).total
  }

  /// Learns from what the experts said, at a rate per event.
  mutating func learn(
    _ experts: borrowing Experts, _ event: Observation, rate: Float = Constants.attentionRate,
    parts: Lanes = Experts.parts
  ) {
    let losses = (experts.values - event.target).magnitudes
    let mean = (experts.shares * losses).total
    if event.count > 1 {
      lossScale += event.rate(atLeast: 0.01) * (min(mean, 20 * lossScale) - lossScale)
    }
    let inverse = 1 / lossUnit
    let side: Float = experts.blend > event.target ? inverse : -inverse
    let gradient = ((experts.values - experts.blend) * side).clipped(5)
    let excess = ((losses - abs(experts.blend - event.target)) * inverse).clipped(5)
    let rate = event.isWarm ? 0 : rate * -0.5
    // At most 5 + 5 losses in the exponent: no weight over- or underflows.
    let powers = (experts.weights + 1e-12) * ((gradient + excess) * rate).mapEights(Functions.exp)
    spread(powers, over: experts, parts)
    let moved =
      self.losses + ((losses * inverse).clipped(5) - self.losses) * Constants.expertLossRate
    self.losses = moved.chosen(where: experts.active, else: self.losses)
  }

  /// Turns powers into weights, with the fixed share for everyone.
  private mutating func spread(_ powers: Lanes, over experts: borrowing Experts, _ parts: Lanes) {
    let active = powers * experts.active
    let share = Constants.attentionShare
    let floor = parts * experts.active * (share / experts.activeCount)
    let fresh = active * ((1 - floor.total) / active.total) + floor
    let idle = Lanes(repeating: share / Float(Experts.count))
    weights = fresh.chosen(where: experts.active, else: idle)
  }
}
