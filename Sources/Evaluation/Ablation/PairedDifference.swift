/// How much a measure differs between two networks on the same streams, with a 95 % interval by
/// the paired bootstrap over streams (Efron 1979).
///
/// The measure is a ratio of sums over streams: scale · Σ difference / Σ weight.
package struct PairedDifference: Sendable, Equatable {
  package let value: Double
  package let low: Double
  package let high: Double

  private static let resamples = 2000

  /// - Parameters:
  ///   - differences: each stream's numerator, second network less first.
  ///   - weights: each stream's denominator, not all 0.
  package init(_ differences: [Double], weights: [Double], scale: Double = 1) {
    func ratio(_ streams: some Sequence<Int>) -> Double {
      var sum = 0.0
      var weight = 0.0
      for stream in streams {
        sum += differences[stream]
        weight += weights[stream]
      }
      return weight > 0 ? scale * sum / weight : .nan
    }
    let count = differences.count
    value = ratio(0..<count)
    var random = SplitMix64(seed: 1)
    let draws = (0..<Self.resamples).map { _ in
      ratio((0..<count).map { _ in Int(random.uniform() * Double(count)) })
    }.filter(\.isFinite).sorted()
    low = draws.isEmpty ? .nan : draws[draws.count * 25 / 1000]
    high = draws.isEmpty ? .nan : draws[draws.count * 975 / 1000]
  }

  /// Whether the interval lies wholly below zero.
  package var isBelowZero: Bool { high < 0 }
  /// Whether the interval lies wholly above zero.
  package var isAboveZero: Bool { low > 0 }
}
