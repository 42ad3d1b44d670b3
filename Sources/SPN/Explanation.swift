/// What led to the last prediction and the last evidence, kept with the state.
struct Explanation: ~Copyable {
  /// The last accepted value before the prediction, absolute.
  private var base: Double
  private var shares: InlineArray<19, Float>
  /// What each expert adds to it, in the channel's unit.
  private var steps: InlineArray<19, Float>
  /// What each input of the plastic neuron adds, in the channel's unit.
  private var inputs: InlineArray<32, Float>
  /// The evidence's shares: novelty and magnitude of residual, contrast, what lasts and run.
  var evidence: SIMD8<Float>

  /// Notes a forecast, before anything is learned.
  mutating func note(
    _ forecast: borrowing Forecast, weights: Lanes, base: Double, scale: Float
  ) {
    self.base = base
    forecast.experts.shares.copy(into: &shares)
    (forecast.experts.values * scale).copy(into: &steps)
    steps[Experts.episode] = forecast.recalledStep
    (weights * forecast.inputs * scale).copy(into: &inputs)
    evidence = .zero
  }

  /// The experts' weights and contributions, which sum to the prediction.
  func experts() -> [Attribution.Expert] {
    var total = 0.0
    for k in 0..<Experts.count { total += Double(shares[k]) }
    return Attribution.expertNames.enumerated().map { k, name in
      let weight = total > 0 ? Double(shares[k]) / total : 0
      let value = base + Double(steps[k])
      return Attribution.Expert(name: name, weight: weight, contribution: weight * value)
    }
  }

  /// What each input of the plastic neuron adds, in the channel's unit.
  func weightedInputs() -> [Attribution.Input] {
    Attribution.inputNames.enumerated().map { i, name in
      Attribution.Input(name: name, contribution: Double(inputs[i]))
    }
  }
}

extension Channel {
  /// Keeps what led to a forecast.
  mutating func explain(_ forecast: borrowing Forecast) {
    explanation.note(
      forecast, weights: plastic.weights,
      base: normaliser.anchor + Double(forecast.base), scale: normaliser.scale)
  }
}
