extension Channel {
  /// Reacts to a drift: archives the regime, reopens and reconsolidates the slow weights, resets
  /// misled levels (SPN.md, 4f).
  mutating func react(to cause: DriftCause, _ components: Components) {
    if components.contains(.regimeMemory), let slot = regimes.archive() {
      attention.open(Experts.regime + slot, loss: 1.5)
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

  /// Recalls a regime that predicts better than the neurons (SPN.md, 4g).
  mutating func recall(_ components: Components) -> Int? {
    guard components.isSuperset(of: [.regimeMemory, .neuromodulation]) else { return nil }
    let losses = attention.losses
    let neuronLoss = min(losses[Experts.slow], losses[Experts.plastic])
    guard let slot = regimes.candidate(losses: losses, neuronLoss: neuronLoss) else { return nil }
    regimes.recall(slot)
    slow.weights = regimes.weights(of: slot)
    plastic.weights = regimes.weights(of: slot)
    meta.trace = Lanes()
    if components.contains(.reanchoring) {
      for k in 2..<4 { normaliser.levels[k] = regimes.levels(of: slot)[k] }
    }
    slow.age = max(slow.age, 200)
    plastic.age = max(plastic.age, 100)
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
