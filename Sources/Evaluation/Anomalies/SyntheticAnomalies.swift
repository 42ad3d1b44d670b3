import Glibc

/// Made-up series with labelled anomalies: eight kinds of stream, eight kinds of anomaly, sampled
/// from every 10 seconds to every hour.
///
/// A seed gives one series; seeds in a row go through the kinds of stream in turn. Windows are a
/// tenth of the series in all and begin half a window before the anomaly, as the benchmark's do.
package enum SyntheticAnomalies {
  /// The kinds of stream.
  enum Base: String, CaseIterable {
    case daily, weekly, walk, counts, duty, heavy, latency, constant
  }

  /// The kinds of anomaly.
  enum Kind: CaseIterable {
    case spike, dip, level, trend, noise, noSeason, frequency, flat
  }

  /// The collection that they belong to.
  static let collection = "synthetic"

  /// The series of a seed.
  package static func make(seed: UInt64) -> LabelledSeries {
    var maker = Maker(seed: seed)
    return maker.make()
  }

  private struct Maker {
    private let seed: UInt64
    private var random: SplitMix64
    private let base: Base
    private let spacing: Double
    private let count: Int
    private let start: Int64
    private let windowLength: Int
    private let onsets: [Int]
    /// What the anomalies do to each event: added level, factor of the noise, factor of the season,
    /// and how far the clock is turned.
    private var level: [Double]
    private var noise: [Double]
    private var season: [Double]
    private var turn: [Double]
    private var marks: [(range: Range<Int>, kind: Kind, size: Double)] = []

    init(seed: UInt64) {
      self.seed = seed
      random = SplitMix64(seed: seed)
      base = Base.allCases[Int(seed % UInt64(Base.allCases.count))]
      spacing = random.pick([10, 60, 60, 300, 300, 300, 600, 1800, 3600, 3600])
      count = random.pick(spacing >= 1800 ? [700, 1100, 2500, 4000, 6000] : [4000, 6000, 10_000])
      start = 1_400_000_000 + Int64(random.integer(in: 0...(7 * 86_400)))
      let anomalies = random.integer(in: 1...4)
      windowLength = max(count / (10 * anomalies), 4)
      onsets = Self.onsets(anomalies, count: count, window: windowLength, &random)
      level = Array(repeating: 0, count: count)
      noise = Array(repeating: 1, count: count)
      season = Array(repeating: 1, count: count)
      turn = Array(repeating: 0, count: count)
    }

    /// Places past the probation, apart from each other.
    private static func onsets(
      _ wanted: Int, count: Int, window: Int, _ random: inout SplitMix64
    ) -> [Int] {
      var onsets: [Int] = []
      let first = NABEntry.probation(count) + window
      for _ in 0..<200 where onsets.count < wanted {
        let onset = random.integer(in: first...(count - window))
        if onsets.allSatisfy({ abs($0 - onset) > 5 * window / 2 }) { onsets.append(onset) }
      }
      return onsets.sorted()
    }

    mutating func make() -> LabelledSeries {
      for onset in onsets { place(pickKind(), at: onset) }
      var values = normal()
      mark(&values)
      finish(&values)
      let windows = onsets.map { onset in
        let first = max(onset - windowLength / 2, 0)
        return first...min(first + windowLength, count - 1)
      }
      return LabelledSeries(
        category: "\(collection)_\(base.rawValue)",
        series: Series(name: "\(seed)", values: values, start: start, spacing: spacing),
        windows: windows)
    }

    private mutating func pickKind() -> Kind {
      let kind = random.pick(Kind.allCases)
      let isSeasonal = ![.walk, .constant, .counts, .latency].contains(base)
      guard !isSeasonal, [.noSeason, .frequency].contains(kind) else { return kind }
      return random.pick([.spike, .level, .noise])
    }

    private mutating func place(_ kind: Kind, at onset: Int) {
      let window = windowLength
      let length = max(1, random.pick([1, 3, window / 8, window / 3, window / 2]))
      let size = random.uniform(in: 1...4)
      let sign: Double = random.uniform() < 0.5 ? -1 : 1
      func span(_ length: Int) -> Range<Int> { onset..<min(onset + length, count) }
      switch kind {
      case .spike: marks.append((span(min(length, 5)), kind, size))
      case .dip: marks.append((span(min(length, 5)), kind, -size))
      case .flat: marks.append((span(max(length, window / 4, 4)), kind, 0))
      case .level:
        let isLasting = random.uniform() < 0.3
        let range = isLasting ? onset..<count : span(max(length, window / 3))
        for i in range { level[i] += sign * size * 0.7 }
      case .trend:
        let range = span(window / 2 + 1)
        for i in range {
          level[i] += sign * size * Double(i - onset) / Double(max(range.count - 1, 1))
        }
      case .noise:
        let factor = random.pick([0.05, 3, 5])
        for i in span(max(length, window / 3)) { noise[i] *= factor }
      case .noSeason:
        for i in span(max(window / 2, Int(0.4 * 86_400 / spacing))) { season[i] = 0 }
      case .frequency:
        let factor = random.pick([-0.6, 1, 2])
        for i in span(max(window / 2, Int(0.3 * 86_400 / spacing))) {
          turn[i] += Double(i - onset) * spacing * factor
        }
      }
    }

    /// The series without spikes, dips and stuck values.
    private mutating func normal() -> [Double] {
      let period = spacing == 10 ? random.pick([3600.0, 7200]) : 86_400
      let wave = Wave(&random, period: period)
      let share = random.pick([0.03, 0.1, 0.25])
      let offset = random.uniform(in: 1.5...5)
      let errors = correlatedNoise()
      let drift =
        random.uniform() < 0.3
        ? random.pick([-1.0, 1]) * random.uniform(in: 0.5...2) / Double(count) : 0
      var shape = Shape(base, &random, period: period, offset: offset, share: share, count: count)
      return (0..<count).map { i in
        let clock = Double(start) + Double(i) * spacing
        let at = clock + turn[i]
        let weekday = (Int(clock / 86_400) + 3) % 7
        let calm = base == .weekly && weekday >= 5 ? 0.4 : 1
        return shape.value(
          at: at, wave: wave(at) * season[i] * calm, level: level[i], error: errors[i] * noise[i],
          &random) + ([.daily, .weekly, .heavy].contains(base) ? drift * Double(i) : 0)
      }
    }

    /// Noise of variance 1, white or correlated; heavy-tailed for the heavy streams.
    private mutating func correlatedNoise() -> [Double] {
      let coefficient = random.pick([0, 0.5, 0.9])
      let innovation = (1 - coefficient * coefficient).squareRoot()
      var last = 0.0
      return (0..<count).map { _ in
        let fresh = base == .heavy ? 0.6 * random.student3() : random.normal()
        last = coefficient * last + innovation * fresh
        return last
      }
    }

    private mutating func mark(_ values: inout [Double]) {
      let average = mean(values)
      let deviation = mean(values.map { ($0 - average) * ($0 - average) }).squareRoot()
      for mark in marks {
        let stuck = values[mark.range.lowerBound]
        for i in mark.range {
          let jump = mark.size * max(deviation, 0.1) * (base == .latency ? 2 : 1)
          values[i] = mark.kind == .flat ? stuck : values[i] + jump
        }
      }
    }

    /// Other units: some series multiplicative, some rounded, all scaled.
    private mutating func finish(_ values: inout [Double]) {
      if random.uniform() < 0.2 {
        let average = mean(values)
        let deviation = mean(values.map { ($0 - average) * ($0 - average) }).squareRoot()
        let spread = random.uniform(in: 0.5...1.2) / max(deviation, 1e-9)
        values = values.map { exp(($0 - average) * spread) }
      }
      let isRounded = random.uniform() < 0.3 && base != .counts
      let scale = base == .counts ? 1 : pow(10, random.uniform(in: -2...5))
      values = values.map { (isRounded ? ($0 * 100).rounded() / 100 : $0) * scale }
    }
  }
}
