import SPN
import Testing

/// What the channels of one stream tell each other.
struct MessagesTests {
  /// The relative error of each channel, after 1,000 events.
  private func errors(_ series: [[Double]], _ components: Components) -> [Double] {
    let network = Network(channels: series.count, components: components)
    var model = StreamModel(network)
    var outcomes = [[Outcome]](repeating: [], count: series.count)
    for i in series[0].indices {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
      let event = observe(series.map { $0[i] }, at: time, model: &model)
      for c in series.indices { outcomes[c].append(event[c]) }
    }
    return outcomes.map { relativeError($0, from: 1000) }
  }

  @Test func aFollowerListensToItsLeader() {
    var noise = Noise(seed: 401)
    let leader = autoregressive(4000, 0.5, seed: 402)
    let follower = leader.indices.map { i in (i > 0 ? leader[i - 1] : 0) + 0.3 * noise.normal() }
    let others = (403..<406).map { autoregressive(4000, 0.5, seed: $0) }
    let series = [follower] + others + [leader]
    let with = errors(series, .all)
    let without = errors(series, .all.subtracting(.messages))
    #expect(with[0] < 0.6 * without[0])
    for c in 1..<5 { #expect(with[c] < 1.02 * without[c]) }
  }

  @Test func strangersAreNotListenedTo() {
    let series = (411..<416).map { autoregressive(4000, 0.5, seed: $0) }
    let with = errors(series, .all)
    let without = errors(series, .all.subtracting(.messages))
    for c in series.indices { #expect(with[c] < 1.01 * without[c]) }
  }

  @Test func missingAndWildNeighboursDoNoHarm() {
    var noise = Noise(seed: 421)
    let leader = autoregressive(3000, 0.5, seed: 422).enumerated().map { i, value in
      i % 5 == 0 ? Double.nan : i % 211 == 3 ? 1e300 : value
    }
    let follower = (0..<3000).map { i in
      let before = i > 0 ? leader[i - 1] : 0
      return (abs(before) < 100 ? before : 0) + 0.3 * noise.normal()
    }
    let with = errors([follower, leader], .all)
    #expect(with[0].isFinite && with[0] < 1)
  }

  @Test func manyChannelsStayFinite() {
    let values = autoregressive(1200, 0.5, seed: 431)
    let many = errors([[Double]](repeating: values, count: 40), .all)
    #expect(many.allSatisfy { $0.isFinite })
  }
}
