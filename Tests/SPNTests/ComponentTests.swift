import SPN
import Testing

/// What each component is for, and that the network works without it.
struct ComponentTests {
  /// A daily pattern, another period of 37, two dynamics in turn, a spike and a shift: something
  /// for everyone.
  private func series(_ count: Int = 2600) -> [Double] {
    var noise = Noise(seed: 31)
    var last = 0.0
    var before = 0.0
    return (0..<count).map { i in
      let isSecond = (i / 500) % 2 == 1
      let value =
        (isSecond ? -0.5 * last + 0.3 * before : 1.5 * last - 0.7 * before)
        + (i % 96 < 48 ? 0.3 : 0.9) * noise.normal()
      before = last
      last = value
      let daily = Double(i % 96 < 48 ? 2 : -2)
      let other = Double(i % 37 < 5 ? 4 : 0)
      return value + daily + other + (i == 1900 ? 60 : 0) + (i > 2200 ? 15 : 0)
    }
  }

  static let parts: [Components] = (0..<20).map { Components(rawValue: 1 << $0) }

  @Test(arguments: parts)
  func eachPartCanBeSwitchedOff(_ part: Components) {
    var values = series()
    var noise = Noise(seed: 2)
    // A stuck sensor at the end, after enough noise that is not.
    for i in values.indices { values[i] += 1e-3 * noise.normal() }
    for i in 2500..<2600 { values[i] = values[2500] }
    let all = outcomes(of: values)
    let without = outcomes(
      of: values, network: Network(channels: 1, components: .all.subtracting(part)))
    let differs = zip(all, without).contains { a, b in
      a.prediction != b.prediction && !a.prediction.isNaN || a.lower != b.lower && !a.lower.isNaN
        || a.evidence != b.evidence || a.drift != b.drift
    }
    #expect(differs, "component \(part.rawValue)")
    for outcome in without.dropFirst() {
      #expect(outcome.prediction.isFinite && outcome.evidence.isFinite)
    }
  }

  @Test func nothingButPersistenceIsLeft() {
    let values = series(300)
    let bare = outcomes(of: values, network: Network(channels: 1, components: []))
    for i in 1..<300 { #expect(abs(bare[i].prediction - values[i - 1]) < 1e-5) }
  }

  @Test func theNeuronsLearnDynamics() {
    let error = relativeError(outcomes(of: autoregressive(4000, -0.7, seed: 1)), from: 500)
    // The best possible is the noise alone; persistence doubles it.
    #expect(error < 0.62)
  }

  @Test func theClockMemoryLearnsTheDay() {
    var noise = Noise(seed: 17)
    let values = (0..<(24 * 60)).map { i in
      10 * Double([0, 0, 3, 9, 1, 7, 2, 8][i % 24 / 3]) + noise.normal()
    }
    let network = Network(
      channels: 1, components: .all.subtracting([.clockMemory, .structuralPlasticity]))
    let with = relativeError(outcomes(of: values, spacing: 3600), from: 480)
    let without = relativeError(outcomes(of: values, spacing: 3600, network: network), from: 480)
    #expect(with < 0.6 * without)
  }

  @Test func aSynapseGrowsToTheRightLag() {
    var noise = Noise(seed: 41)
    let pattern = (0..<37).map { _ in 5 * noise.normal() }
    let values = (0..<1500).map { pattern[$0 % 37] + noise.normal() }
    var model = StreamModel(Network(channels: 1))
    let found = outcomes(of: values, spacing: 10, from: 0, model: &model)
    let lags = model.attribution(channel: 0).lags
    #expect(lags.contains { $0 > 0 && $0 % 37 == 0 }, "\(lags)")
    let network = Network(channels: 1, components: .all.subtracting(.structuralPlasticity))
    let without = relativeError(outcomes(of: values, spacing: 10, network: network), from: 800)
    #expect(relativeError(found, from: 800) < 0.7 * without)
  }

  @Test func aRegimeIsRecalled() {
    var noise = Noise(seed: 51)
    var last = 0.0
    var before = 0.0
    let values = (0..<3200).map { i in
      let isSecond = (i / 400) % 2 == 1
      let value =
        (isSecond ? -0.5 * last + 0.3 * before : 1.6 * last - 0.8 * before)
        + 0.5 * noise.normal()
      before = last
      last = value
      return value
    }
    let found = outcomes(of: values)
    #expect(found.count { $0.recalled != nil } >= 2)
  }

  @Test(arguments: [0.5, 0.8, 0.95, 0.99])
  func theIntervalCoversWhatItClaims(_ coverage: Double) {
    let network = Network(channels: 1, coverage: coverage)
    let found = outcomes(of: autoregressive(12_000, 0.6, seed: 61), network: network).dropFirst(500)
    let inside = found.count { $0.lower <= $0.value && $0.value <= $0.upper }
    #expect(abs(Double(inside) / Double(found.count) - coverage) < 0.02)
  }

  @Test func aNetworkTakesOnlySensibleSettings() {
    #expect(Network(channels: -4).channelCount == 1)
    #expect(Network(channels: 1, coverage: .nan).coverage == 0.95)
    #expect(Network(channels: 1, coverage: 2).coverage == 0.998)
  }

  @Test func theLocalClockCounts() {
    var model = StreamModel(Network(channels: 1))
    var noise = Noise(seed: 71)
    // The pattern follows the local clock, which is put forward by an hour half way.
    let found = (0..<(24 * 40)).map { hour -> Outcome in
      let offset: Int32 = hour < 24 * 20 ? 3600 : 7200
      let localHour = (hour + 22 + Int(offset) / 3600) % 24
      let time = ModelTime(
        nanoseconds: (epoch + Int64(hour) * 3600) * 1_000_000_000, zoneOffset: offset)
      return observe([(localHour < 12 ? 100 : 0) + noise.normal()], at: time, model: &model)[0]
    }
    let later = found[(24 * 21)...]
    for outcome in later where outcome.value > 50 { #expect(outcome.expected > 80) }
    for outcome in later where outcome.value < 50 { #expect(outcome.expected < 20) }
  }
}
