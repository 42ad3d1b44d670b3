import SPN
import Testing

/// What repeats exactly is predicted exactly.
struct EpisodicRecallTests {
  /// The mean error relative to that of repeating the last period, from event 100 on.
  private func ratio(_ values: [Double], period: Int, _ components: Components = .all) -> Double {
    let found = outcomes(of: values, network: Network(channels: 1, components: components))
    var error = 0.0
    var naive = 0.0
    for i in 100..<values.count {
      error += abs(values[i] - found[i].prediction)
      naive += abs(values[i] - values[i >= period ? i - period : i - 1])
    }
    return error / naive
  }

  @Test func aRandomPatternIsLearnedInOnePeriod() {
    var noise = Noise(seed: 511)
    let pattern = (0..<168).map { _ in noise.normal() }
    let values = (0..<3000).map { pattern[$0 % 168] }
    #expect(ratio(values, period: 168) < 1)
    #expect(ratio(values, period: 168, .all.subtracting(.episodicRecall)) > 1)
  }

  /// Plateaus, on which the step scale shrinks to nothing before the next jump.
  @Test func plateausThatRepeatAreRecalledWithoutError() {
    let levels = [20, 20, 20, 68, 77.6, 79.52, 79.904, 32, 22.4, 20.48]
    let values = (0..<3000).map { levels[$0 % 240 / 24] }
    var model = StreamModel(Network(channels: 1))
    for (i, outcome) in outcomes(of: values, from: 0, model: &model).enumerated() where i >= 480 {
      #expect(abs(outcome.prediction - values[i]) < 1e-4, "event \(i)")
    }
    // The jump at event 3,000 is explained as a whole.
    let last = outcomes(of: [79.52], from: 3000, model: &model)[0]
    let sum = model.attribution(channel: 0).experts.reduce(0) { $0 + $1.contribution }
    #expect(abs(last.prediction - 79.52) < 1e-4 && abs(sum - last.prediction) < 1e-4)
  }

  @Test func aBrokenRepetitionIsGivenUpAtOnce() {
    var noise = Noise(seed: 512)
    let pattern = (0..<50).map { _ in noise.normal() }
    let values = (0..<1500).map { $0 < 1000 ? pattern[$0 % 50] : noise.normal() }
    let found = outcomes(of: values)
    for i in 200..<1000 { #expect(abs(found[i].prediction - values[i]) < 1e-4, "event \(i)") }
    #expect(relativeError(Array(found[1000...]), from: 100) < 0.85)
  }

  @Test func noiseHasNoEpisodes() {
    let values = autoregressive(4000, 0.5, seed: 513)
    let with = relativeError(outcomes(of: values), from: 100)
    let network = Network(channels: 1, components: .all.subtracting(.episodicRecall))
    #expect(with == relativeError(outcomes(of: values, network: network), from: 100))
  }
}
