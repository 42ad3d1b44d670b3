extension Channel {
  /// Decides what of the value is believed: an isolated gross outlier goes into quarantine, a
  /// confirmed one is back-filled.
  mutating func accept(
    _ value: Double, _ forecast: borrowing Forecast, _ slots: ClockSlots,
    _ network: borrowing Network
  ) -> Observation {
    let relative = Float(value - normaliser.anchor)
    let count = Float(min(observedCount - 1, 1 << 23))
    let last = normaliser.last
    var clean = history.value(ago: 0)
    let wasQuarantined = normaliser.quarantine > 0
    if normaliser.quarantine != 0 {
      let before = wasQuarantined ? clean : history.value(ago: 1)
      let isConfirmed = abs(relative - last) < abs(relative - before)
      normaliser.confirm(isConfirmed)
      if isConfirmed, wasQuarantined {
        history.replaceNewest(last)
        clean = last
      }
    }
    let residual = abs(relative - forecast.prediction)
    // A calm hour is no reason to disbelieve its first event.
    let share = network.components.contains(.hourScale) ? max(1, hourScale.share(slots)) : 1
    let extreme = Constants.outlierQuantiles * share * neuromodulator.surprise.extreme
    let mayQuarantine = network.components.contains(.quarantine)
    let isOutlier = residual > extreme && residual > Constants.outlierScales * normaliser.scale
    let returned =
      network.components.contains(.regimeMemory) && !wasQuarantined
      ? returnedRegime(relative, residual: residual) : nil
    let isQuarantined =
      isOutlier && !wasQuarantined && mayQuarantine && returned == nil
      && (count > 50 && !normaliser.usuallyJumps
        || isGross(residual, extreme: extreme, count: count))
    let accepted = isQuarantined ? forecast.prediction : relative
    history.push(accepted)
    // A floor that a spike has raised would outlast the spike by thousands of events.
    let magnitude = Float(abs(normaliser.anchor + Double(accepted)))
    normaliser.openScale(relative, magnitude: magnitude, count: count)
    normaliser.last = relative
    normaliser.quarantine = isQuarantined ? 1 : isOutlier && !wasQuarantined ? -1 : 0
    let scale = normaliser.scale
    return Observation(
      value: relative, magnitude: magnitude, last: last, clean: clean, accepted: accepted,
      prediction: forecast.prediction, scale: scale, step: clip((relative - clean) / scale, 1000),
      rawStep: ratio(relative - last, scale), target: ratio(relative - forecast.base, scale),
      count: count, isQuarantined: isQuarantined, returned: returned)
  }

  /// Whether a stream that is young or jumps, and has seen steps of its usual size, sees one of
  /// another kind.
  private mutating func isGross(_ residual: Float, extreme: Float, count: Float) -> Bool {
    let step = history.medianStepOfFive()
    guard count > 5, step > 0 else { return false }
    return residual > Constants.grossFactor * max(step, normaliser.scale, extreme)
  }

  /// Learns one event, component by component.
  mutating func learn(
    _ event: Observation, _ forecast: borrowing Forecast, _ slots: ClockSlots,
    _ network: borrowing Network, into outcome: inout Outcome, pause: () -> Void
  ) {
    let components = network.components
    interval.learn(event, coverage: network.coverage, adapts: components.contains(.conformal))
    pause()
    attention.learn(forecast.experts, event)
    pause()
    let finding = modulate(event, forecast, slots, components)
    pause()
    regimes.advance()
    let innovation = learnWeights(event, forecast, network, pause: pause)
    pause()
    if network.hasMessages {
      exchange(innovation, event: event, channels: network.channelCount)
    }
    regimes.consolidate(workingWeights(components), levels: normaliser.levels)
    let scaleBefore = normaliser.scale
    normaliser.learn(event, history: &history)
    if let cause = finding.cause { react(to: cause, age: finding.age, components) }
    regimes.noteUse(attention.weights)
    outcome.recalled = event.returned.map { recallAtOnce($0, components) } ?? recall(components)
    if components.contains(.structuralPlasticity) {
      synapses.noteUse(weights: plastic.weights, inputs: forecast.inputs)
      pause()
      synapses.learn(innovation, event: event)
      pause()
      if let slot = synapses.grow(eventIndex: eventIndex, event: event) {
        grow(slot, inputCount: network.inputCount)
      }
    }
    pause()
    if components.contains(.episodicRecall), !event.isQuarantined {
      episode.learn(&history, eventIndex: eventIndex, scale: normaliser.scale)
    }
    pause()
    if components.contains(.clockMemory) { clock.learn(slots, step: event.step) }
    outcome.surprise = finding.surprise
    outcome.driftSignal = finding.signal
    outcome.drift = announce(finding, event: event, scale: scaleBefore, components)
  }

  private mutating func modulate(
    _ event: Observation, _ forecast: borrowing Forecast, _ slots: ClockSlots,
    _ components: Components
  ) -> Neuromodulation {
    let isSlow = components.contains(.slowHead)
    let output = isSlow ? forecast.slowOutput : forecast.plasticOutput
    let reference = forecast.isRecalled ? forecast.experts.blend : output
    let loss = abs(reference - event.target)
    let mixtureLoss = abs(forecast.experts.blend - event.target)
    let error = event.step - reference
    let share = components.contains(.hourScale) ? hourScale.share(slots) : 1
    hourScale.learn(abs(error) * event.scale, slots, spacing: spacing.seconds, event: event)
    return neuromodulator.observe(
      error: error, hourShare: share, staleness: clip((loss - mixtureLoss) / attention.lossUnit, 2),
      spread: normaliser.spreads[2], event: event)
  }

  /// Learns the neurons and R; gives the reference neuron's error in its mean errors, within ±3.
  private mutating func learnWeights(
    _ event: Observation, _ forecast: borrowing Forecast, _ network: borrowing Network,
    pause: () -> Void
  ) -> Float {
    let components = network.components
    let inputs = forecast.inputs
    let direction = covariance.direction(inputs, count: network.inputCount)
    pause()
    let leverage = max(0, (direction * inputs).total)
    let slowError = event.step - forecast.slowOutput
    let plasticError = event.step - forecast.plasticOutput
    slow.note(error: slowError, in: event)
    plastic.note(error: plasticError, in: event)
    if components.contains(.slowHead), !event.isWarm {
      let size = slow.stepSize(
        error: slowError, rate: Constants.slowRate, leverage: leverage, event: event)
      slow.learn(direction, by: size * slowError)
    }
    if components.contains(.plasticHead) {
      learnPlastic(plasticError, direction, inputs, leverage, event, components)
    }
    pause()
    updateCovariance(direction, leverage, event, inputCount: network.inputCount)
    let reference =
      components.contains(.slowHead) ? slow.relative(slowError) : plastic.relative(plasticError)
    return clip(reference, 3)
  }

  private mutating func learnPlastic(
    _ error: Float, _ direction: Lanes, _ inputs: Lanes, _ leverage: Float, _ event: Observation,
    _ components: Components
  ) {
    let learnsRate = components.contains(.metaPlasticity)
    let echo = learnsRate ? (inputs * meta.trace).total : 0
    let rate =
      learnsRate
      ? meta.rate(
        error: error, relativeError: plastic.relative(error), echo: echo,
        errorScale: plastic.errorScale)
      : Functions.exp(Constants.plasticLogRate)
    guard !event.isWarm else { return }
    let size = plastic.stepSize(error: error, rate: rate, leverage: leverage, event: event)
    if learnsRate { meta.follow(direction, by: size * (error - echo)) }
    plastic.learn(direction, by: size * error)
  }

  private mutating func updateCovariance(
    _ direction: Lanes, _ leverage: Float, _ event: Observation, inputCount: Int
  ) {
    let count = Float(inputCount)
    let young = 1 / (plastic.age + 1)
    let forgetting = Constants.forgetting
    let rate =
      event.count > count
      ? min(max(forgetting.slow, young), forgetting.fast) : 1 / (event.count + count)
    covariance.learn(direction: direction, leverage: leverage, rate: rate, count: inputCount)
    if eventIndex % 4 == 0 {
      let input = Int((eventIndex / 4) % Int64(inputCount))
      covariance.addRidge(
        input, weight: 4 * rate * Constants.ridge * count, count: inputCount)
    }
  }

  private func workingWeights(_ components: Components) -> Lanes {
    components.contains(.plasticHead) ? plastic.weights : slow.weights
  }

  private mutating func grow(_ slot: Int, inputCount: Int) {
    attention.open(Experts.lag + slot)
    neuromodulator.excuse()
    slow.age = min(slow.age, Constants.growthAge)
    refresh(input: Constants.lagInput + 2 * slot, inputCount: inputCount)
  }

  /// Makes the two synapses from an input on fresh: what they knew was of something else.
  mutating func refresh(input first: Int, inputCount: Int) {
    for input in first...(first + 1) {
      slow.weights[input] = 0
      plastic.weights[input] = 0
      meta.trace[input] = 0
      regimes.reset(input)
      covariance.reset(input, to: Constants.freshCovariance, count: inputCount)
    }
  }
}
