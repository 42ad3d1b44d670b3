extension Channel {
  /// Reacts to a drift: archives the regime, reopens and reconsolidates the slow weights, resets
  /// misled levels.
  mutating func react(to cause: DriftCause, age: Int, _ components: Components) {
    let length = regimes.eventsSinceDrift ?? Int(min(eventIndex, 1 << 20))
    if components.contains(.regimeMemory), let slot = regimes.archive() {
      attention.open(Experts.regime + slot, loss: 1.5)
      regimes.learnPattern(
        of: slot, &history, lags: synapses.lags, events: min(age, length)..<length,
        eventIndex: eventIndex)
    }
    if components.contains(.neuromodulation) {
      if components.contains(.reanchoring), cause.movesLevel {
        normaliser.reanchor(at: history.medianOfFive())
      }
      let losses = attention.losses
      let plasticIsBetter = losses[Experts.plastic] < losses[Experts.slow]
      if components.isSuperset(of: [.plasticHead, .slowHead]), plasticIsBetter {
        slow.weights = plastic.weights
      }
      slow.age = Constants.reopenedAge
    }
    neuromodulator.settle(after: cause)
  }

  /// Recalls a regime that predicts better than the neurons.
  mutating func recall(_ components: Components) -> Int? {
    guard components.isSuperset(of: [.regimeMemory, .neuromodulation]) else { return nil }
    let losses = attention.losses
    let neuronLoss = min(losses[Experts.slow], losses[Experts.plastic])
    guard let slot = regimes.candidate(losses: losses, neuronLoss: neuronLoss) else { return nil }
    takeUp(slot)
    if components.contains(.reanchoring) {
      for k in 2..<4 { normaliser.levels[k] = regimes.levels(of: slot)[k] }
    }
    return slot
  }

  private mutating func takeUp(_ slot: Int) {
    regimes.recall(slot)
    slow.weights = regimes.weights(of: slot)
    plastic.weights = regimes.weights(of: slot)
    meta.trace = Lanes()
    slow.age = max(slow.age, 200)
    plastic.age = max(plastic.age, 100)
  }

  /// The remembered regime that a value belongs to, if it is inexplicable in this one.
  mutating func returnedRegime(_ value: Float, residual: Float) -> Int? {
    let extreme = neuromodulator.surprise.extreme
    guard residual > Constants.returnResidual * extreme else { return nil }
    return regimes.nearest(to: value, within: extreme, eventIndex: eventIndex)
  }

  /// Takes up a regime again at its first event.
  mutating func recallAtOnce(_ slot: Int, _ components: Components) -> Int {
    let length = regimes.eventsSinceDrift ?? Int(min(eventIndex, 1 << 20))
    if let old = regimes.archive() {
      attention.open(Experts.regime + old, loss: 1.5)
      regimes.learnPattern(
        of: old, &history, lags: synapses.lags, events: 1..<max(length, 1), eventIndex: eventIndex)
    }
    takeUp(slot)
    normaliser.levels = regimes.levels(of: slot)
    return slot
  }

  /// What an observer is told: a stuck sensor, or a drift in a stream that has noise.
  mutating func announce(
    _ finding: Neuromodulation, event: Observation, scale: Float, _ components: Components
  ) -> Drift? {
    let isRepeat = event.value == event.last
    let run = flatRun.learn(isRepeat: isRepeat, event: event)
    if let run, components.contains(.flatRuns) {
      let before = Double(scale)
      return Drift(kind: .variance, age: run, magnitude: 1, before: before, after: 0)
    }
    guard let cause = finding.cause, !finding.isNoiseFree else { return nil }
    let difference = abs(finding.after - finding.before)
    let origin = cause.movesLevel ? normaliser.anchor : 0
    return Drift(
      kind: cause.kind, age: finding.age, magnitude: ratio(difference, scale),
      before: origin + Double(finding.before), after: origin + Double(finding.after))
  }
}
