/// Durations, counted by how long they were.
public struct Histogram: Sendable, Equatable {
  /// The upper bounds of all buckets but the last, in seconds: 1 µs to 10 s.
  public static let bounds: [Double] = [
    0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001,
    0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// Observations in each bucket; the last holds what is beyond every bound.
  public private(set) var counts = [Int64](repeating: 0, count: bounds.count + 1)
  /// The sum of what was observed, in seconds.
  public private(set) var sum = 0.0

  public init() {}

  /// Counts `count` durations of `seconds`; less than zero counts as zero.
  public mutating func observe(seconds: Double, count: Int64 = 1) {
    let seconds = max(seconds, 0)
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += count
    sum += seconds * Double(count)
  }

  /// Adds another's observations.
  public static func += (left: inout Histogram, right: Histogram) {
    for index in left.counts.indices { left.counts[index] += right.counts[index] }
    left.sum += right.sum
  }

  /// All observations.
  public var count: Int64 { counts.reduce(0, +) }
}
