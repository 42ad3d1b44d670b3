/// What the experts say about one event, and how much each is believed.
struct Experts {
  /// The two heads, persistence, four levels, the median, three lags, the clock's level, and six regimes: places.
  static let slow = 0
  static let plastic = 1
  static let persistence = 2
  static let level = 3
  static let median = 7
  static let lag = 8
  static let clock = 11
  static let regime = 12
  static let count = 18

  /// Each expert's step from the last observed value, in step scales; 0 where inactive.
  var values = StoredLanes()
  /// 1 for experts that speak, 0 for the others.
  var active = StoredLanes()
  /// The attention's weights over the active experts, summing to 1.
  var weights = Lanes.zero
  /// The same without those at the floor: what the mixture uses.
  var shares = Lanes.zero
  /// The number of active experts, at least 1.
  var activeCount: Float = 1
  /// The mixture of the values.
  var blend: Float = 0

  /// Lets an expert speak.
  mutating func set(_ expert: Int, _ value: Float) {
    values[expert] = value
    active[expert] = 1
  }
}

/// The gate over the experts: exponentiated weights with half a gradient and half a true loss, a fixed share for everyone, and a hard
/// floor (SPN.md, 3 and 4b; after Herbster and Warmuth, "Tracking the best expert", 1998). Its weights are the explanation.
struct DynamicAttention: ~Copyable {
  private var weights: StoredLanes
  /// Each expert's recent loss in units of the mixture's.
  private(set) var losses: StoredLanes
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

  /// An expert's weight, 0…1.
  func weight(_ expert: Int) -> Float { weights[expert] }

  /// Gives an expert a start: the share of everyone, and a loss that it has to prove better.
  mutating func open(_ expert: Int, loss: Float? = nil) {
    weights[expert] = Constants.attentionShare
    if let loss { losses[expert] = loss }
  }

  /// Weighs the experts and mixes what they say.
  func mix(_ experts: inout Experts) {
    let active = experts.active.lanes
    let masked = weights.lanes * active
    experts.activeCount = max(active.total, 1)
    experts.weights = masked / max(masked.total, 1e-30)
    let floor = Constants.attentionFloor * Constants.attentionShare / experts.activeCount
    let lifted = (experts.weights - floor)
    let kept = lifted.replacing(with: 0, where: lifted .< 0) * active
    let total = kept.total
    experts.shares = total > 1e-12 ? kept / total : experts.weights
    experts.blend = (experts.shares * experts.values.lanes).total
  }

  /// Learns from what the experts said.
  mutating func learn(_ experts: Experts, _ event: Observation) {
    let values = experts.values.lanes
    let isActive = experts.active.lanes .> 0
    let losses = (values - event.rawStep).magnitudes
    let mean = (experts.shares * losses).total
    if event.count > 1 {
      lossScale += event.rate(atLeast: 0.01) * (min(mean, 20 * lossScale) - lossScale)
    }
    let unit = lossUnit
    let blendLoss = abs(experts.blend - event.rawStep)
    let side: Float = experts.blend > event.rawStep ? 1 : -1
    let gradient = ((values - experts.blend) * (side / unit)).clipped(5)
    let excess = ((losses - blendLoss) / unit).clipped(5)
    let rate = event.isWarm ? 0 : Constants.attentionRate * 0.5
    let logs = (experts.weights + 1e-12).mapEights(Functions.log) - (gradient + excess) * rate
    let masked = Lanes(repeating: -1e30).replacing(with: logs, where: isActive)
    let powers = (masked - masked.max()).mapEights(Functions.exp) * experts.active.lanes
    let share = Constants.attentionShare
    let fresh = powers * ((1 - share) / powers.total) + share / experts.activeCount
    weights.lanes = Lanes(repeating: share / Float(Experts.count)).replacing(
      with: fresh, where: isActive)
    let relative = losses / unit
    let bounded = relative.replacing(with: 5, where: relative .> 5)
    let moved = self.losses.lanes + (bounded - self.losses.lanes) * Constants.expertLossRate
    self.losses.lanes = self.losses.lanes.replacing(with: moved, where: isActive)
  }
}
