/// The synthetic suite: nine kinds of drift, three kinds of regimes that return, and seven kinds of
/// stream that never drift.
package enum DriftSuite {
  static let count = 10_000
  static let drifts = [2000, 4000, 6000, 8000]

  /// The streams of one seed.
  package static func make(seed: UInt64) -> [DriftStream] {
    var number: UInt64 = 0
    func source() -> SplitMix64 {
      number += 1
      return SplitMix64(seed: seed &* 1000 &+ number)
    }
    func stream(
      _ name: String, drifts: [Int] = drifts, _ values: (inout SplitMix64) -> [Double]
    ) -> DriftStream {
      var random = source()
      return DriftStream(name, seed: seed, values: values(&random), drifts: drifts)
    }
    var ramp = stream("ramp", incremental)
    (ramp.window, ramp.hasRecovery) = (1000, false)
    var gradual = stream("gradual", gradual)
    gradual.window = 1000
    var outliers = stream("level with outliers", levelsWithOutliers)
    outliers.hasOutliers = true
    var stuck = stream("stuck", stuck)
    stuck.hasRecovery = false
    var quiet = stream("none: outliers", drifts: []) {
      withOutliers(&$0, autoregressive(&$0, [0.5]))
    }
    quiet.hasOutliers = true
    return [
      stream("level", levels), stream("dynamics", dynamics), stream("nonlinear", nonlinear),
      stream("variance", variance), stream("season", seasons), outliers, gradual, ramp, stuck,
    ] + recurring(seed: seed, source) + [
      stream("none: autoregressive", drifts: []) { autoregressive(&$0, [0.5, 0.2]) },
      stream("none: heavy tails", drifts: []) {
        autoregressive(&$0, [0.6]) { random in random.student3() }
      },
      stream("none: season", drifts: []) { random in
        zip(season(count), autoregressive(&random, [0.6])).map { 4 * $0 + $1 }
      },
      quiet,
      stream("none: random walk", drifts: []) { random in
        var value = 0.0
        return (0..<count).map { _ in
          value += random.normal()
          return value
        }
      },
      stream("none: exact", drifts: []) { _ in (0..<count).map { Double($0 % 50) } },
      stream("none: lively days", drifts: [], livelyDays),
    ]
  }
}
