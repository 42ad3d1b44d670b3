import Glibc

/// The generator SplitMix64 (Steele, Lea and Flood 2014), with the distributions that the plant
/// and the made-up series need.
///
/// The same seed gives the same numbers on every machine, which the system's generator does not
/// promise.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of the uniform distribution over 0 ..< 1.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number of the uniform distribution over `range`.
  package mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// A whole number, each of `range` as likely as the others.
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  /// A number of the standard normal distribution (Box and Muller 1958).
  package mutating func normal() -> Double {
    // 1 − u is never 0, whose logarithm has no end.
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A waiting time of the exponential distribution with this mean.
  package mutating func exponential(mean: Double) -> Double {
    -mean * log(1 - uniform())
  }

  /// A number of Student's t distribution with three degrees of freedom: heavy tails.
  package mutating func student3() -> Double {
    let numerator = normal()
    let squares = (0..<3).reduce(0.0) { sum, _ in
      let draw = normal()
      return sum + draw * draw
    }
    return numerator / (squares / 3).squareRoot()
  }

  /// A count of the Poisson distribution (Knuth 1969); normal beyond a mean of 50.
  package mutating func poisson(mean: Double) -> Double {
    guard mean < 50 else { return max(0, (mean + mean.squareRoot() * normal()).rounded()) }
    var count = 0.0
    var product = uniform()
    let limit = exp(-mean)
    while product > limit {
      count += 1
      product *= uniform()
    }
    return count
  }

  /// One of some choices, each as likely as the others.
  package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[integer(in: 0...(choices.count - 1))]
  }
}
