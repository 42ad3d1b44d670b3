// The generators of streams whose regimes return: A-B-C-A-B-C-A-B-C, each of 1,250 events.
extension DriftSuite {
  private static let regimeLength = 1250
  private static let visits = 9
  private static let regimes = 3

  /// One stream a kind of regime: levels, dynamics, and seasonal patterns.
  static func recurring(seed: UInt64, _ source: () -> SplitMix64) -> [DriftStream] {
    let kinds: [(String, (inout SplitMix64) -> [Double])] = [
      ("returning level", returningLevels), ("returning dynamics", returningDynamics),
      ("returning pattern", returningPatterns),
    ]
    return kinds.map { name, make in
      var random = source()
      var stream = DriftStream(
        name, seed: seed, values: make(&random),
        drifts: (1..<visits).map { $0 * regimeLength })
      stream.cycle = regimes
      return stream
    }
  }

  /// Three levels, 4 to 8 deviations apart, of one process.
  private static func returningLevels(_ random: inout SplitMix64) -> [Double] {
    let first = random.uniform(in: 4...8)
    let levels = [0, first, -random.uniform(in: 4...8)]
    let values = autoregressive(&random, [0.6], count: visits * regimeLength)
    return values.indices.map { values[$0] + levels[$0 / regimeLength % regimes] }
  }

  /// Three ways in which values follow each other, around one mean.
  private static func returningDynamics(_ random: inout SplitMix64) -> [Double] {
    let coefficients = [[1.4, -0.7, 0.1], [-0.5, 0.2, 0.3], [0.2, -0.8, 0]]
    var values: [Double] = []
    for visit in 0..<visits {
      values += autoregressive(
        &random, coefficients[visit % regimes], count: regimeLength, after: values)
    }
    return values
  }

  /// Three seasonal patterns of 24 events.
  private static func returningPatterns(_ random: inout SplitMix64) -> [Double] {
    let patterns = (0..<regimes).map { _ in (0..<24).map { _ in 2 * random.normal() } }
    return (0..<(visits * regimeLength)).map { event in
      patterns[event / regimeLength % regimes][event % 24] + 0.7 * random.normal()
    }
  }
}
