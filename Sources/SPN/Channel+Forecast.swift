/// What the channel expects of the next event, with everything that led to it.
struct Forecast {
  /// The inputs of the neurons.
  var inputs = Lanes()
  /// The usual level at the event's time, relative to the anchor, if the clock's memory has one.
  var usualLevel: Float?
  /// What the experts say.
  var experts = Experts()
  /// The last accepted value, which all steps below start from, relative to the anchor.
  var base: Float = 0
  /// The recalled episode's step from the last accepted value, in the channel's unit: on a plateau
  /// the step scale is too small to express the next jump.
  var recalledStep: Float = 0
  /// Whether the recalled episode is believed alone.
  var isRecalled = false
  /// What the slow neuron says, from the last accepted value, in step scales.
  var slowOutput: Float = 0
  /// The same of the plastic neuron.
  var plasticOutput: Float = 0
  /// The mixture, relative to the anchor.
  var prediction: Float = 0
  /// The interval's lower end, relative to the prediction.
  var lower: Float = 0
  /// The interval's upper end, relative to the prediction.
  var upper: Float = 0
}

extension Channel {
  /// Predicts the event at a time of the clock, without changing anything.
  mutating func forecast(
    _ slots: ClockSlots, _ network: borrowing Network, pause: () -> Void = {}
  ) -> Forecast {
    var forecast = Forecast()
    if network.components.contains(.clockMemory) {
      forecast.usualLevel = usualLevel(slots)
    }
    fillInputs(&forecast.inputs, slots, usualLevel: forecast.usualLevel, network.components)
    forecast.base = history.value(ago: 0)
    pause()
    fillExperts(&forecast, network.components)
    pause()
    attention.mix(&forecast.experts)
    let step = normaliser.scale * forecast.experts.blend
    forecast.prediction = clip(forecast.base + step, Constants.relativeMax)
    if forecast.experts.active[Experts.episode] > 0, episode.isBelieved {
      forecast.isRecalled = true
      forecast.experts.believe(Experts.episode)
      forecast.prediction = forecast.base + forecast.recalledStep
    }
    (forecast.lower, forecast.upper) = interval.reach
    return forecast
  }

  /// Fills the neurons' inputs for the event at a time of the clock.
  mutating func fillInputs(
    _ inputs: inout Lanes, _ slots: ClockSlots, usualLevel: Float?, _ components: Components
  ) {
    let scale = normaliser.scale
    let clean = history.value(ago: 0)
    let limit = Constants.inputMax
    for j in 0..<Constants.stepCount {
      inputs[j] = clip((history.value(ago: j) - history.value(ago: j + 1)) / scale, limit)
    }
    for k in 0..<4 {
      let distance = (normaliser.levels[k] - clean) / normaliser.spreads[k]
      inputs[Constants.stepCount + k] = clip(distance, limit)
    }
    inputs[Constants.biasInput] = 1
    for k in 0..<Constants.lagSlotCount {
      let lag = synapses.lag(k)
      guard lag > 0, Int64(lag) <= eventIndex else { continue }
      let before = history.value(ago: lag)
      let input = Constants.lagInput + 2 * k
      inputs[input] = clip((history.value(ago: lag - 1) - before) / scale, limit)
      inputs[input + 1] = clip((before - clean) / normaliser.spreads[2], limit)
    }
    if components.contains(.clockMemory) {
      inputs[Constants.clockInput] = clock.dayStep(slots)
      inputs[Constants.clockInput + 1] = clock.weekStep(slots)
      if let level = usualLevel {
        inputs[Constants.clockInput + 2] = clip((level - clean) / normaliser.spreads[2], limit)
      }
    }
    for k in 0..<4 { inputs[Constants.messageInput + k] = messages.inputs[k] }
    if components.contains(.hiddenUnits) {
      let hidden = HiddenUnits.activations(of: inputs)
      for k in 0..<8 { inputs[Constants.hiddenInput + k] = hidden[k] }
    }
  }

  private mutating func fillExperts(_ forecast: inout Forecast, _ components: Components) {
    let lanes = forecast.inputs
    let bound = Constants.outputMax * normaliser.stepMax
    forecast.slowOutput = slow.output(lanes, bound: bound)
    forecast.plasticOutput = plastic.output(lanes, bound: bound)
    let usesPlastic = components.contains(.plasticHead)
    let usesSlow = components.contains(.slowHead)
    if usesPlastic { forecast.experts.set(Experts.plastic, forecast.plasticOutput) }
    let mixes = components.contains(.attention)
    if usesSlow && (mixes || !usesPlastic) {
      forecast.experts.set(Experts.slow, forecast.slowOutput)
    }
    let isLastUsed = mixes || !(usesPlastic || usesSlow)
    forecast.experts.set(
      Experts.persistence, persistence(from: forecast.base), isActive: isLastUsed)
    guard mixes else { return }
    fillMemories(&forecast)
    for k in 0..<Constants.regimeCount where regimes.holds(k) {
      let own = ownInputs(lanes, regime: k, hasClock: components.contains(.clockMemory))
      let output = regimes.output(k, own, bound: bound)
      forecast.experts.set(Experts.regime + k, output)
    }
  }

  /// The inputs with what a regime remembers of its slow levels and of its season, instead of what
  /// is left from another regime.
  private mutating func ownInputs(_ inputs: Lanes, regime: Int, hasClock: Bool) -> Lanes {
    var own = inputs
    let clean = history.value(ago: 0)
    let limit = Constants.inputMax
    let levels = regimes.levels(of: regime)
    for k in 2..<4 {
      own[Constants.stepCount + k] = clip((levels[k] - clean) / normaliser.spreads[k], limit)
    }
    guard let value = regimes.value(of: regime, at: eventIndex + 1),
      let before = regimes.value(of: regime, at: eventIndex)
    else { return own }
    let step = (value - before) / normaliser.scale
    for k in 0..<Constants.lagSlotCount where regimes.isPeriodic(regime, lagSlot: k) {
      let input = Constants.lagInput + 2 * k
      own[input] = clip(step, limit)
      own[input + 1] = clip((before - clean) / normaliser.spreads[2], limit)
    }
    if hasClock {
      own[Constants.clockInput] = clip(step, ClockMemory.stepMax)
      own[Constants.clockInput + 1] = clip(step, ClockMemory.stepMax)
      own[Constants.clockInput + 2] = clip((value - clean) / normaliser.spreads[2], limit)
    }
    return own
  }

  /// The last observed value: the last accepted one, unless an outlier waits for confirmation.
  private func persistence(from base: Float) -> Float {
    let limit = Constants.outlierReach * normaliser.spreads[2]
    return ratio(clip(normaliser.last - base, limit), normaliser.scale)
  }

  private mutating func fillMemories(_ forecast: inout Forecast) {
    let scale = normaliser.scale
    let base = forecast.base
    for k in 0..<4 {
      forecast.experts.set(Experts.level + k, ratio(normaliser.levels[k] - base, scale))
    }
    forecast.experts.set(Experts.median, ratio(normaliser.median - base, scale))
    for k in 0..<Constants.lagSlotCount {
      let lag = synapses.lag(k)
      guard lag > 0, Int64(lag) <= eventIndex + 1 else { continue }
      forecast.experts.set(Experts.lag + k, ratio(history.value(ago: lag - 1) - base, scale))
    }
    if let lag = episode.lag {
      forecast.recalledStep = history.value(ago: lag - 1) - base
      forecast.experts.set(Experts.episode, ratio(forecast.recalledStep, scale))
    }
    if let level = forecast.usualLevel {
      forecast.experts.set(Experts.clock, ratio(level - base, scale))
    }
  }
}
