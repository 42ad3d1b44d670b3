import Glibc
import SPN

/// A seeded generator, so that a failing test can be repeated.
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

  /// Uniform in 0…1, both excluded.
  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    z ^= z >> 31
    return (Double(z >> 11) + 0.5) / 9_007_199_254_740_992
  }

  /// Standard normal.
  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// A count with a mean.
  mutating func poisson(_ mean: Double) -> Double {
    var count = 0.0
    var product = uniform()
    while product > exp(-mean) {
      count += 1
      product *= uniform()
    }
    return count
  }
}

/// The start of the tests' time, a Tuesday at 22:00 UTC, in seconds.
let epoch: Int64 = 1_699_999_200

/// Feeds a series to a model of one channel and collects what it says.
func outcomes(
  of series: [Double], spacing: Double = 900, network: Network = Network(channels: 1)
) -> [Outcome] {
  var model = StreamModel(network)
  return outcomes(of: series, spacing: spacing, from: 0, model: &model)
}

/// The same for a model that has already seen `first` events.
func outcomes(
  of series: [Double], spacing: Double = 900, from first: Int, model: inout StreamModel
) -> [Outcome] {
  series.enumerated().map { i, value in
    let elapsed = Double(first + i) * spacing * 1e9
    let time = ModelTime(nanoseconds: epoch * 1_000_000_000 + Int64(elapsed))
    return observe([value], at: time, model: &model)[0]
  }
}

/// One event.
func observe(_ values: [Double], at time: ModelTime, model: inout StreamModel) -> [Outcome] {
  var outcomes = [Outcome](repeating: Outcome(), count: values.count)
  var span = outcomes.mutableSpan
  model.observe(values.span, at: time, into: &span)
  return outcomes
}

/// The mean size of the prediction's error, relative to that of the last value.
func relativeError(_ outcomes: [Outcome], from first: Int) -> Double {
  var error = 0.0
  var step = 0.0
  for i in first..<outcomes.count where outcomes[i].value.isFinite && outcomes[i - 1].value.isFinite
  {
    error += abs(outcomes[i].value - outcomes[i].prediction)
    step += abs(outcomes[i].value - outcomes[i - 1].value)
  }
  return error / step
}

/// A first-order autoregressive series.
func autoregressive(_ count: Int, _ coefficient: Double, seed: UInt64) -> [Double] {
  var noise = Noise(seed: seed)
  var value = 0.0
  return (0..<count).map { _ in
    value = coefficient * value + noise.normal()
    return value
  }
}
