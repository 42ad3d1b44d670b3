/// The attention over the experts of one horizon and the interval there, learned from the forecasts
/// that came due.
///
/// The mixture is believed only where its gain over the last value, in blocks as long as the
/// horizon, stands out of their scatter: a random walk is forecast by its last value and nothing
/// else. The interval is stretched until the ones that were told are missed as often as asked
/// (adaptive conformal inference with delayed feedback).
struct HorizonGate: ~Copyable {
  private var attention: DynamicAttention
  private var interval: ConformalInterval
  private var lowerStretch: Float
  private var upperStretch: Float
  /// The sum of the block's gains in step scales, and how many they are.
  private var block: Float
  private var blockCount: Float
  /// Blocks so far, and the running mean of their gains and of the gains' squares.
  private var blocks: Float
  private var gain: Float
  private var gainSquare: Float
  /// How much of the mixture's step is believed, 0…1.
  private var trust: Float
  /// Forecasts that came due.
  private var count: Float

  /// Its experts are all alike.
  private static var parts: Lanes { Lanes(repeating: 1) }

  /// Starts with equal weights and no trust.
  mutating func begin(firstQuantile: Float) {
    attention.begin()
    interval.begin(firstQuantile: firstQuantile)
    lowerStretch = 1
    upperStretch = 1
  }

  /// The forecast from the last value, in step scales.
  mutating func step(of experts: inout Experts) -> Float {
    attention.mix(&experts, parts: Self.parts)
    return trust * experts.blend
  }

  /// The interval's ends relative to a forecast so many steps ahead; until the first came due,
  /// those of the next event, widened as a random walk's.
  func reach(
    steps: Int, next: (lower: Float, upper: Float)
  ) -> (lower: Float, upper: Float) {
    guard count > 0 else {
      let width = Float(steps).squareRoot()
      return (width * next.lower, width * next.upper)
    }
    let (lower, upper) = interval.reach
    return (lowerStretch * lower, upperStretch * upper)
  }

  /// Learns what came of a forecast made `steps` events ago.
  mutating func learn(
    _ said: HorizonExperts, steps: Int, event: Observation, network: borrowing Network
  ) {
    count += 1
    var event = event
    event.count = count
    event.target = ratio(event.accepted - said.last, event.scale)
    event.prediction = said.forecast.value
    var experts = said.experts(scale: event.scale)
    attention.mix(&experts, parts: Self.parts)
    learnTrust(experts.blend, truth: event.target, steps: Float(steps))
    let rate = Constants.attentionRate / Float(steps).squareRoot()
    attention.learn(experts, event, rate: rate, parts: Self.parts)
    let adapts = network.components.contains(.conformal)
    interval.learn(event, coverage: network.coverage, adapts: adapts)
    if adapts { stretch(said, event, miss: Float(1 - network.coverage) / 2) }
  }

  private mutating func learnTrust(_ step: Float, truth: Float, steps: Float) {
    block += clip(abs(truth) - abs(truth - step), Constants.inputMax) / steps
    blockCount += 1
    // Forecasts that overlap err together; blocks as long as the horizon hardly do.
    guard blockCount >= steps else { return }
    blocks += 1
    let rate = max(1 / blocks, 1 / Constants.trustBlocks)
    gain += rate * (block - gain)
    gainSquare += rate * (block * block - gainSquare)
    block = 0
    blockCount = 0
    let degrees = min(blocks, Constants.trustBlocks) - 1
    guard degrees >= 2 else { return }
    let error = (max(gainSquare - gain * gain, 0) / degrees).squareRoot()
    trust = clamp(gain / (error + 1e-9) - Constants.trustErrors, 0, 1)
  }

  private mutating func stretch(_ said: HorizonExperts, _ event: Observation, miss: Float) {
    let (forecast, lower, upper) = said.forecast
    let residual = event.value - forecast
    let rate = Constants.stretchRate
    upperStretch = clamp(upperStretch * (1 + rate * ((residual > upper ? 1 : 0) - miss)), 0.2, 20)
    lowerStretch = clamp(lowerStretch * (1 + rate * ((residual < lower ? 1 : 0) - miss)), 0.2, 20)
  }
}
