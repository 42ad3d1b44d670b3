import SPN
import Testing

/// Forecasts of several steps.
struct ForecasterTests {
  /// The forecast made at an event, for some steps ahead.
  private struct Ahead {
    var event: Int
    var forecast: Prediction
  }

  /// What a model of a horizon forecasts for its last step after every event.
  private func forecasts(_ values: [Double], horizon: Int, spacing: Double = 3600) -> [Ahead] {
    var model = StreamModel(Network(channels: 1, horizon: horizon))
    return values.indices.map { i in
      let time = ModelTime(nanoseconds: epoch * 1_000_000_000 + Int64(Double(i) * spacing * 1e9))
      _ = observe([values[i]], at: time, model: &model)
      return Ahead(event: i, forecast: model.forecast(channel: 0, step: horizon))
    }
  }

  /// The forecasts' mean error relative to that of the last value, and the share that lies within
  /// the interval.
  private func quality(
    _ ahead: [Ahead], of values: [Double], steps: Int, from first: Int
  ) -> (error: Double, coverage: Double) {
    var error = 0.0
    var step = 0.0
    var covered = 0
    for one in ahead where one.event >= first && one.event + steps < values.count {
      let truth = values[one.event + steps]
      error += abs(truth - one.forecast.prediction)
      step += abs(truth - values[one.event])
      covered += one.forecast.lower <= truth && truth <= one.forecast.upper ? 1 : 0
    }
    return (error / step, Double(covered) / Double(values.count - steps - first))
  }

  @Test func aSeasonIsForecast() {
    var noise = Noise(seed: 301)
    let values = (0..<3000).map { i in
      10 * Double([0, 0, 3, 9, 1, 7, 2, 8][i % 24 / 3]) + noise.normal()
    }
    let found = quality(forecasts(values, horizon: 18), of: values, steps: 18, from: 500)
    #expect(found.error < 0.1)
    #expect(abs(found.coverage - 0.95) < 0.02)
  }

  @Test(arguments: [2, 24, 96])
  func aRandomWalkIsForecastByItsLastValue(_ horizon: Int) {
    var noise = Noise(seed: 302)
    var value = 0.0
    let values = (0..<6000).map { _ in
      value += noise.normal()
      return value
    }
    let ahead = forecasts(values, horizon: horizon)
    let found = quality(ahead, of: values, steps: horizon, from: 200)
    #expect(found.error < 1.01)
    #expect(abs(found.coverage - 0.95) < 0.03)
  }

  @Test func theFirstStepIsThePrediction() {
    let values = autoregressive(400, 0.8, seed: 303)
    var model = StreamModel(Network(channels: 1, horizon: 6))
    _ = outcomes(of: values, from: 0, model: &model)
    #expect(model.forecast(channel: 0, step: 1) == model.predict(channel: 0))
    let decay = (2...6).map { model.forecast(channel: 0, step: $0) }
    for step in decay { #expect(step.lower < step.prediction && step.prediction < step.upper) }
  }

  @Test func lookingAheadChangesNoPrediction() {
    let values = autoregressive(700, 0.8, seed: 304).enumerated().map { i, value in
      i % 41 == 7 ? Double.nan : value
    }
    let near = outcomes(of: values)
    let far = outcomes(of: values, network: Network(channels: 1, horizon: 48))
    for (a, b) in zip(near, far) {
      #expect(a.prediction.bitPattern == b.prediction.bitPattern && a.evidence == b.evidence)
    }
  }

  @Test func onlyTheHorizonCosts() {
    #expect(Network(channels: 1, horizon: 1).blockByteCount == Network(channels: 1).blockByteCount)
    #expect(Network(channels: 1, horizon: 24).blockByteCount < 24_000)
    #expect(Network(channels: 1, horizon: 1000).horizon == Network.horizonMax)
    #expect(Network(channels: 1, horizon: -1).horizon == 1)
  }

  @Test func anythingGivesFiniteForecasts() {
    var noise = Noise(seed: 305)
    let values = (0..<2500).map { i -> Double in
      switch i % 50 {
      case 3: .nan
      case 7: .infinity
      case 11: 1e300
      case 13: -1e12
      default: i > 1200 ? 1e12 + noise.normal() : noise.normal()
      }
    }
    for horizon in [2, 7, 96] {
      for ahead in forecasts(values, horizon: horizon) {
        let forecast = ahead.forecast
        #expect(
          forecast.prediction.isFinite && forecast.lower.isFinite && forecast.upper.isFinite)
      }
    }
  }

  @Test func theFirstForecastsHaveWidth() {
    for ahead in forecasts(autoregressive(40, 0.5, seed: 71), horizon: 24).dropFirst(5) {
      #expect(ahead.forecast.upper - ahead.forecast.lower > 1, "event \(ahead.event)")
    }
  }
}
