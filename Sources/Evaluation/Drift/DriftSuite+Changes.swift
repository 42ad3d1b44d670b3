import Glibc

// The generators of streams that change for good.
extension DriftSuite {
  /// An autoregressive series with noise of deviation 1, or of a generator's.
  static func autoregressive(
    _ random: inout SplitMix64, _ coefficients: [Double], count: Int = count,
    after past: [Double] = [], around mean: Double = 0,
    noise: (inout SplitMix64) -> Double = { $0.normal() }
  ) -> [Double] {
    var window = coefficients.indices.map { k in
      k < past.count ? past[past.count - 1 - k] - mean : 0
    }
    return (0..<count).map { _ in
      var value = noise(&random)
      for (c, v) in zip(coefficients, window) { value += c * v }
      window.insert(value, at: 0)
      window.removeLast()
      return value + mean
    }
  }

  /// Which regime, 0…4, each event is in.
  private static func regime(_ event: Int) -> Int { event / 2000 }

  /// The mean jumps by 3 to 6 deviations.
  static func levels(_ random: inout SplitMix64) -> [Double] {
    jumping(&random, autoregressive(&random, [0.6]), by: 3.75...7.5)
  }

  /// The same with outliers of 10 to 20 deviations in 1 % of events.
  static func levelsWithOutliers(_ random: inout SplitMix64) -> [Double] {
    let values = jumping(&random, autoregressive(&random, [0.5]), by: 3...6)
    return withOutliers(&random, values)
  }

  private static func jumping(
    _ random: inout SplitMix64, _ values: [Double], by size: ClosedRange<Double>
  ) -> [Double] {
    var levels = [0.0]
    for _ in drifts {
      levels.append((levels.last ?? 0) + random.pick([-1, 1]) * random.uniform(in: size))
    }
    return values.indices.map { values[$0] + levels[regime($0)] }
  }

  static func withOutliers(_ random: inout SplitMix64, _ values: [Double]) -> [Double] {
    values.map { value in
      guard random.uniform() < 0.01 else { return value }
      return value + random.pick([-1, 1]) * random.uniform(in: 10...20)
    }
  }

  /// How values follow each other changes: resonant, smooth, alternating.
  static func dynamics(_ random: inout SplitMix64) -> [Double] {
    var regimes = [[1.5, -0.8], [0.3, 0.3], [-0.7, 0.1], [1.2, -0.3], [0, 0.8]]
    regimes.shuffle(using: &random)
    var values: [Double] = []
    for coefficients in regimes {
      values += autoregressive(&random, coefficients, count: 2000, after: values)
    }
    return values
  }

  /// Over 500 events more and more come from another process.
  static func gradual(_ random: inout SplitMix64) -> [Double] {
    let means = [0.0, 5, -2, 4, -4]
    let coefficients = [0.6, 0.9, 0.2, 0.7, 0.5]
    let processes = zip(means, coefficients).map { mean, coefficient in
      autoregressive(&random, [coefficient], around: mean)
    }
    return (0..<count).map { event in
      let last = regime(event)
      let share = Double(event - 2000 * last) / 500
      let isNew = last == 0 || random.uniform() < share
      return processes[isNew ? last : last - 1][event]
    }
  }

  /// Level and correlation slide for 1,000 events.
  static func incremental(_ random: inout SplitMix64) -> [Double] {
    var means = [0.0]
    for _ in drifts {
      means.append((means.last ?? 0) + random.pick([-1, 1]) * random.uniform(in: 4...8))
    }
    let coefficients = means.map { _ in random.uniform(in: 0.2...0.9) }
    var value = 0.0
    return (0..<count).map { event in
      let now = regime(event)
      let before = max(now - 1, 0)
      let share = min(1, Double(event - 2000 * now) / 1000)
      let coefficient = coefficients[before] * (1 - share) + coefficients[now] * share
      value = coefficient * value + random.normal()
      return means[before] * (1 - share) + means[now] * share + value
    }
  }

  /// The noise becomes three times as large, and small again.
  static func variance(_ random: inout SplitMix64) -> [Double] {
    var event = -1
    return autoregressive(&random, [0.7]) { random in
      event += 1
      return random.normal() * (regime(event) % 2 == 1 ? 3 : 1)
    }
  }

  /// No drift: from eight to six every day is three times as lively as the night.
  static func livelyDays(_ random: inout SplitMix64) -> [Double] {
    var event = -1
    return autoregressive(&random, [0.7]) { random in
      event += 1
      let second = Double(DriftStream.start) + Double(event) * DriftStream.spacing
      let hour = second.truncatingRemainder(dividingBy: 86_400) / 3600
      return random.normal() * (8..<18 ~= hour ? 3 : 1)
    }
  }

  /// The season's period, size and phase change: 24, 36, 24, 60, 18 events.
  static func seasons(_ random: inout SplitMix64) -> [Double] {
    let periods = [24.0, 36, 24, 60, 18]
    let amplitudes = periods.map { _ in random.uniform(in: 2...5) }
    let phases = periods.map { _ in random.uniform(in: 0...6.28) }
    let noise = autoregressive(&random, [0.5]) { 0.8 * $0.normal() }
    return (0..<count).map { event in
      let now = regime(event)
      let angle = 2 * Double.pi * Double(event) / periods[now] + phases[now]
      return amplitudes[now] * (sin(angle) + 0.5 * sin(2 * angle + 1)) + noise[event]
    }
  }

  /// A sensor that says the same for 100 events, and then goes on.
  static func stuck(_ random: inout SplitMix64) -> [Double] {
    var values = autoregressive(&random, [0.6])
    for drift in drifts {
      for event in drift..<(drift + 100) { values[event] = values[drift - 1] }
    }
    return values
  }

  /// A season of 24 events that stays.
  static func season(_ count: Int) -> [Double] {
    (0..<count).map { event in
      let angle = 2 * Double.pi * Double(event) / 24
      return sin(angle) + 0.5 * sin(2 * angle + 1)
    }
  }

  /// A threshold process changes both of its slopes and the threshold.
  static func nonlinear(_ random: inout SplitMix64) -> [Double] {
    let regimes = [
      (0.9, -0.7, 0.0), (-0.6, 0.8, 0.5), (0.5, 0.95, -0.5), (-0.9, -0.3, 0.0), (0.2, -0.9, 0.3),
    ]
    var value = 0.0
    return (0..<count).map { event in
      let (above, below, threshold) = regimes[regime(event)]
      let drift = value < threshold ? 1.0 : 0.3
      value = (value > threshold ? above : below) * value + drift + 0.6 * random.normal()
      return value
    }
  }
}
