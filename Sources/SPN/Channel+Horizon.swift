extension Channel {
  /// Forecasts as far as the horizon, after an event: learns from the forecasts that came due,
  /// iterates the neurons, and lets the experts of each gate speak.
  mutating func lookAhead(
    _ forecaster: Forecaster, value: Double, zoneOffset: Int32, _ network: borrowing Network
  ) {
    guard observedCount > 0 else { return }
    if eventIndex == 0 {
      for g in 0..<forecaster.gateCount {
        unsafe forecaster.gate(g).pointee.begin(firstQuantile: network.firstQuantile)
      }
    }
    forecaster.move(to: normaliser.anchor)
    if value.isFinite { learnDue(forecaster, value: value, network) }
    iterate(forecaster, zoneOffset: zoneOffset, network)
    for g in 0..<forecaster.gateCount {
      let steps = forecaster.steps(g)
      var said = horizonExperts(forecaster, steps: steps, zoneOffset: zoneOffset, network)
      var experts = said.experts(scale: normaliser.scale)
      let step = unsafe forecaster.gate(g).pointee.step(of: &experts)
      let reach = unsafe forecaster.gate(g).pointee.reach(
        steps: steps, next: interval.reach)
      let value = clip(said.last + normaliser.scale * step, Constants.relativeMax)
      said.forecast = (value, reach.lower, reach.upper)
      unsafe forecaster.said(g, at: eventIndex).pointee = said
    }
  }

  /// The forecast of a step ahead, 2…horizon, in the channel's unit.
  mutating func forecast(
    _ forecaster: Forecaster, step: Int, zoneOffset: Int32, _ network: borrowing Network
  ) -> Prediction {
    guard observedCount > 0 else { return Prediction() }
    let said = horizonExperts(forecaster, steps: step, zoneOffset: zoneOffset, network)
    let (lower, upper, part) = forecaster.gates(for: step)
    var experts = said.experts(scale: normaliser.scale)
    let near = unsafe forecaster.gate(lower).pointee.step(of: &experts)
    let far = unsafe forecaster.gate(upper).pointee.step(of: &experts)
    let nearReach = unsafe forecaster.gate(lower).pointee.reach(
      steps: step, next: interval.reach)
    let farReach = unsafe forecaster.gate(upper).pointee.reach(
      steps: step, next: interval.reach)
    let distance = normaliser.scale * (near + part * (far - near))
    let value = Double(clip(said.last + distance, Constants.relativeMax))
    let low = nearReach.lower + part * (farReach.lower - nearReach.lower)
    let high = nearReach.upper + part * (farReach.upper - nearReach.upper)
    return Prediction(
      prediction: normaliser.anchor + value, lower: normaliser.anchor + (value + Double(low)),
      upper: normaliser.anchor + (value + Double(high)))
  }

  private mutating func learnDue(
    _ forecaster: Forecaster, value: Double, _ network: borrowing Network
  ) {
    let bounded = min(max(value, -Constants.valueMax), Constants.valueMax)
    let accepted = history.value(ago: 0)
    let event = Observation(
      value: Float(bounded - normaliser.anchor), magnitude: 0, last: 0, clean: 0,
      accepted: accepted, prediction: 0, scale: normaliser.scale, step: 0, rawStep: 0, target: 0,
      count: 0, isQuarantined: normaliser.quarantine > 0)
    for g in 0..<forecaster.gateCount {
      let steps = forecaster.steps(g)
      guard eventIndex > Int64(steps) else { return }
      let said = unsafe forecaster.said(g, at: eventIndex).pointee
      unsafe forecaster.gate(g).pointee.learn(said, steps: steps, event: event, network: network)
    }
  }

  /// Feeds the neurons with their own predictions, on a history and levels that are put back.
  private mutating func iterate(
    _ forecaster: Forecaster, zoneOffset: Int32, _ network: borrowing Network
  ) {
    let past = history.values
    let levels = normaliser.levels
    let heard = messages.inputs
    let centre = levels[3]
    let width = 40 * normaliser.spreads[3]
    let isNear = abs(history.value(ago: 0) - centre) < 0.75 * width
    for step in 1...forecaster.horizon {
      let slots = ClockSlots(spacing.next(step, zoneOffset: zoneOffset))
      var value = history.value(ago: 0) + normaliser.scale * neurons(slots, network)
      if isNear { value = clamp(value, centre - width, centre + width) }
      value = clip(value, Constants.relativeMax)
      forecaster[step] = value
      history.push(value)
      // What neighbours will say then is not known.
      messages.inputs = .zero
      normaliser.levels += (SIMD4(repeating: value) - normaliser.levels) * Constants.levelRates
    }
    history.restore(past, pushed: forecaster.horizon)
    normaliser.levels = levels
    messages.inputs = heard
  }

  /// What both neurons say, as much of each as the attention believes, in step scales.
  private mutating func neurons(_ slots: ClockSlots, _ network: borrowing Network) -> Float {
    var inputs = Lanes()
    let hasClock = network.components.contains(.clockMemory)
    let usual = hasClock ? usualLevel(slots) : nil
    fillInputs(&inputs, slots, usualLevel: usual, network.components)
    let bound = Constants.outputMax * normaliser.stepMax
    let slowWeight = network.components.contains(.slowHead) ? attention.weights[Experts.slow] : 0
    let plasticWeight =
      network.components.contains(.plasticHead) ? attention.weights[Experts.plastic] : 0
    let total = slowWeight + plasticWeight
    guard total > 1e-6 else { return 0 }
    let sum =
      slowWeight * slow.output(inputs, bound: bound)
      + plasticWeight * plastic.output(inputs, bound: bound)
    return sum / total
  }

  private mutating func horizonExperts(
    _ forecaster: Forecaster, steps: Int, zoneOffset: Int32, _ network: borrowing Network
  ) -> HorizonExperts {
    var said = HorizonExperts(last: history.value(ago: 0))
    said.set(HorizonExperts.path, forecaster[steps])
    said.set(HorizonExperts.level, normaliser.levels[2])
    if network.components.contains(.clockMemory) {
      let now = ClockSlots(spacing.next(0, zoneOffset: zoneOffset))
      let then = ClockSlots(spacing.next(steps, zoneOffset: zoneOffset))
      addClock(
        &said, HorizonExperts.usual, HorizonExperts.movedUsual,
        now: usualLevel(now),
        then: usualLevel(then))
      addClock(
        &said, HorizonExperts.dayHour, HorizonExperts.movedDayHour,
        now: evidence.dayHourLevel(now), then: evidence.dayHourLevel(then))
    }
    for k in 0..<Constants.lagSlotCount { addLag(&said, slot: k, steps: steps) }
    return said
  }

  private func addClock(
    _ said: inout HorizonExperts, _ plain: Int, _ moved: Int, now: Float?, then: Float?
  ) {
    guard let then else { return }
    said.set(plain, then)
    guard let now else { return }
    said.set(moved, then + normaliser.levels[0] - now)
  }

  private mutating func addLag(_ said: inout HorizonExperts, slot: Int, steps: Int) {
    let lag = synapses.lag(slot)
    guard lag > 0 else { return }
    // The newest value that lies whole periods before the step.
    let ago = (lag - steps % lag) % lag
    let periods = ago + steps
    guard Int64(periods) <= eventIndex, periods < Constants.historyCount else { return }
    let value = history.value(ago: ago)
    said.set(HorizonExperts.lag + slot, value)
    said.set(HorizonExperts.movedLag + slot, value + said.last - history.value(ago: periods))
  }

  /// What the clock's contexts expect, relative to the anchor.
  mutating func usualLevel(_ slots: ClockSlots) -> Float {
    evidence.usualLevel(
      slots, slowLevel: normaliser.levels[3], reach: Constants.inputMax * normaliser.spreads[3])
  }
}
