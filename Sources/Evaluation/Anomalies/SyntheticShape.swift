import Glibc

extension SyntheticAnomalies {
  /// A season of four harmonics.
  struct Wave {
    private let period: Double
    private let amplitudes: [Double]
    private let phases: [Double]

    init(_ random: inout SplitMix64, period: Double) {
      self.period = period
      amplitudes = [1, 0.5, 0.3, 0.15].map { $0 * random.uniform(in: 0.3...1) }
      phases = (0..<4).map { _ in random.uniform(in: 0...(2 * Double.pi)) }
    }

    /// The season at a time in seconds.
    func callAsFunction(_ time: Double) -> Double {
      let angle = 2 * Double.pi * (time / period - (time / period).rounded(.down))
      return (0..<4).reduce(0) { $0 + amplitudes[$1] * sin(Double($1 + 1) * angle + phases[$1]) }
    }
  }

  /// How a kind of stream turns season, level and noise into a value.
  struct Shape {
    private let base: Base
    private let offset: Double
    private let share: Double
    private let isSeasonal: Bool
    private let isNoisy: Bool
    private let rate: Double
    private let duty: Double
    private let dutyPeriod: Double
    private let height: Double
    private let stepSize: Double
    private var walk = 0.0

    /// - Parameters:
    ///   - offset: the level around which the stream lives.
    ///   - share: the noise's size, in seasons.
    init(
      _ base: Base, _ random: inout SplitMix64, period: Double, offset: Double, share: Double,
      count: Int
    ) {
      self.base = base
      self.offset = offset
      self.share = share
      isSeasonal = random.uniform() < 0.6
      isNoisy = random.uniform() < 0.7
      rate = random.pick([0.1, 1, 5, 30])
      duty = random.uniform(in: 0.2...0.6)
      dutyPeriod = random.pick([period, period / 4, period / 12])
      height = random.uniform(in: 1...2)
      stepSize = random.uniform(in: 0.3...2) / Double(count).squareRoot()
    }

    /// The value at a time in seconds.
    mutating func value(
      at time: Double, wave: Double, level: Double, error: Double, _ random: inout SplitMix64
    ) -> Double {
      switch base {
      case .daily, .weekly, .heavy: return offset + wave + level + share * error
      case .walk:
        walk += stepSize * random.normal()
        return offset + walk + 0.7 * level + 0.5 * share * error
      case .counts:
        let season = isSeasonal ? 0.7 * wave : 0
        return random.poisson(mean: rate * exp(season + min(max(level, -2), 2)))
      case .duty:
        let phase = time / dutyPeriod - (time / dutyPeriod).rounded(.down)
        return 0.3 * offset + (phase < duty ? height : 0) + level + 0.05 * share * error
      case .latency:
        let season = isSeasonal ? 0.15 * wave : 0
        let burst = random.uniform() < 0.003 ? random.uniform(in: 1.5...3) : 1
        return offset * exp(season + 0.2 * min(max(level, -2), 2) + share * error) * burst
      case .constant:
        return offset + (isNoisy ? (5 * error).rounded() / 100 : 0) + level
      }
    }
  }
}
