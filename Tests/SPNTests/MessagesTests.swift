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

/// What the streams of one group tell each other.
struct MessageBoardTests {
  /// A model, which cannot be copied, in a box.
  private final class Member {
    var model: StreamModel
    init(_ network: Network) { model = StreamModel(network) }
  }

  /// The relative error of each stream of a group, after some rounds in which each has an event
  /// in turn; NaN is an event that does not come.
  private func errors(
    _ series: [[Double]], from first: Int = 1000, components: Components = .all
  ) -> [Double] {
    let network = Network(channels: 1, isGrouped: true, components: components)
    var board = MessageBoard(network)
    let members = series.map { _ in Member(network) }
    var outcomes = [[Outcome]](repeating: [], count: series.count)
    for i in series[0].indices {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
      for c in series.indices where !series[c][i].isNaN {
        guard let place = board.place(of: UInt64(c + 1)) else { continue }
        members[c].model.hear(board, as: place, at: time)
        outcomes[c] += observe([series[c][i]], at: time, model: &members[c].model)
        members[c].model.tell(&board, as: place, at: time)
      }
    }
    return outcomes.map { relativeError($0, from: min(first, $0.count)) }
  }

  /// A leader, strangers, and one who follows it within the round or one round later.
  private func coupled(seed: UInt64, delay: Int) -> [[Double]] {
    var noise = Noise(seed: seed)
    let leader = autoregressive(4000, 0.5, seed: seed + 1)
    let follower = leader.indices.map { i in
      (i >= delay ? leader[i - delay] : 0) + 0.3 * noise.normal()
    }
    return [leader] + (2..<5).map { autoregressive(4000, 0.5, seed: seed + $0) } + [follower]
  }

  @Test(arguments: [0, 1])
  func aFollowerListensToItsLeader(delay: Int) {
    // A leader that speaks first in a round is heard in it, one that speaks last in the next.
    let series = delay == 0 ? coupled(seed: 501, delay: 0) : coupled(seed: 501, delay: 1).reversed()
    let with = errors(series)
    let without = errors(series, components: .all.subtracting(.messages))
    let follower = delay == 0 ? 4 : 0
    #expect(with[follower] < 0.6 * without[follower])
    for c in series.indices where c != follower { #expect(with[c] < 1.02 * without[c]) }
  }

  @Test func strangersAreNotListenedTo() {
    let series = (511..<516).map { autoregressive(4000, 0.5, seed: $0) }
    let with = errors(series)
    let without = errors(series, components: .all.subtracting(.messages))
    for c in series.indices { #expect(with[c] < 1.01 * without[c]) }
  }

  @Test func nobodyToHearIsNoHarm() {
    let values = autoregressive(1500, 0.5, seed: 521)
    let alone = outcomes(of: values, spacing: 60)
    #expect(abs(errors([values])[0] - relativeError(alone, from: 1000)) < 0.001)
  }

  @Test func whoHasFallenSilentIsNotHeard() {
    let series = coupled(seed: 531, delay: 0)
    var leader = series[0]
    // Its last words are a large step, which must not be heard again and again.
    leader[2000] += 50
    leader.replaceSubrange(2001..., with: repeatElement(.nan, count: 1999))
    let with = errors([leader, series[4]], from: 2100)
    #expect(with[1] < 1.05 * errors([series[4]], from: 2100)[0])
  }

  @Test func placesAreTakenInTheOrderOfTheFirstWordsAndKept() {
    var board = MessageBoard(Network(channels: 3, isGrouped: true))
    #expect(board.placeCount == 15)
    for member in 1...15 as ClosedRange<UInt64> {
      #expect(board.place(of: 100 * member) == Int(member) - 1)
    }
    #expect(board.place(of: 7) == nil)
    #expect(board.place(of: 300) == 2)
    #expect(board.member(at: 2) == 300)
  }
}
