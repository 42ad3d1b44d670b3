import SPN
import Testing

/// The explanation adds up to what was said.
struct AttributionTests {
  @Test func expertsSumToThePrediction() {
    var model = StreamModel(Network(channels: 1))
    for (i, value) in autoregressive(800, 0.8, seed: 3).enumerated() {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 900) * 1_000_000_000)
      let outcome = observe([value + 1e6], at: time, model: &model)[0]
      guard i > 1 else { continue }
      let attribution = model.attribution(channel: 0)
      let sum = attribution.experts.reduce(0) { $0 + $1.contribution }
      let weights = attribution.experts.reduce(0) { $0 + $1.weight }
      #expect(abs(sum - outcome.prediction) < 1e-4, "event \(i)")
      #expect(abs(weights - 1) < 1e-9)
    }
  }

  @Test func evidenceSharesSumToTheEvidence() {
    var model = StreamModel(Network(channels: 1))
    var sawEvidence = false
    for (i, value) in autoregressive(800, 0.8, seed: 3).enumerated() {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 900) * 1_000_000_000)
      let outcome = observe([i == 700 ? 90 : value], at: time, model: &model)[0]
      let parts = model.attribution(channel: 0).evidence
      let sum = parts.reduce(0) { $0 + $1.novelty + $1.magnitude }
      #expect(abs(sum - Double(outcome.evidence)) < 1e-4, "event \(i)")
      if i == 700 { sawEvidence = sum > Double(Outcome.alarmEvidence) }
    }
    #expect(sawEvidence)
  }

  @Test func theRightInputIsNamed() throws {
    var model = StreamModel(Network(channels: 1))
    // Each step is answered by most of its opposite: the first input explains it.
    _ = outcomes(of: autoregressive(3000, -0.8, seed: 13), from: 0, model: &model)
    let attribution = model.attribution(channel: 0)
    #expect(attribution.inputs.count == 32)
    #expect(attribution.experts.count == 19)
    let neurons = attribution.experts.prefix(2).reduce(0) { $0 + $1.weight }
    #expect(neurons > 0.8)
    #expect(attribution.learningRate > 0 && attribution.learningRate < 0.1)
    let first = try #require(attribution.experts.first)
    #expect(first.name == "slow")
  }

  @Test func aNewModelExplainsNothing() {
    let model = StreamModel(Network(channels: 1))
    let attribution = model.attribution(channel: 0)
    #expect(attribution.experts.allSatisfy { $0.weight == 0 && $0.contribution == 0 })
    #expect(model.lastTime == nil)
  }
}
