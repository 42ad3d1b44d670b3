/// Made-up groups of streams, of which some foretell others.
package struct CoupledStreams: Sendable {
  /// Streams of 1,200 events, one a minute; at one time in their order.
  package let streams: [Series]
  /// Whether each stream does what another has done.
  package let follows: [Bool]
  /// Which stream they follow.
  package let leader: Int

  private static let eventCount = 1200

  /// A group of five: a leader, at any place; two who do, with noise and a gain of their own, as it
  /// last did, one to four events of the group before; and two strangers.
  package static func make(seed: UInt64) -> CoupledStreams {
    var random = SplitMix64(seed: seed)
    let leader = walk(&random)
    let roles = [true, true, false, false].shuffled(using: &random)
    let place = random.integer(in: 0...roles.count)
    var columns: [[Double]] = []
    for (index, follows) in roles.enumerated() {
      guard follows else {
        columns.append(walk(&random))
        continue
      }
      // Who comes before the leader knows what it did a minute ago.
      let delay = index < place ? 1 : 0
      let gain = random.uniform(in: 0.5...2)
      let noise = random.uniform(in: 0.1...0.5)
      columns.append(
        leader.indices.map { gain * leader[max($0 - delay, 0)] + noise * random.normal() })
    }
    columns.insert(leader, at: place)
    var follows = roles
    follows.insert(false, at: place)
    let streams = columns.enumerated().map { index, values in
      Series(name: "group\(seed)/\(index)", values: values, start: 1_700_000_000, spacing: 60)
    }
    return CoupledStreams(streams: streams, follows: follows, leader: place)
  }

  /// A first-order autoregression that goes back to 0 by a share of each distance.
  private static func walk(_ random: inout SplitMix64) -> [Double] {
    let pull = random.uniform(in: 0.02...0.5)
    var value = 0.0
    return (0..<eventCount).map { _ in
      value += random.normal() - pull * value
      return value
    }
  }
}
