import Glibc

/// The common horizontal axis of a plot's panels: event times in UTC.
struct TimeAxis {
  private let first: Int64
  private let last: Int64
  private let left: Double
  private let width: Double

  init(first: Int64, last: Int64, left: Double, width: Double) {
    self.first = first
    self.last = max(last, first + 1)
    self.left = left
    self.width = width
  }

  /// Where a time, in nanoseconds since 1970, stands.
  func x(_ time: Int64) -> Double {
    left + width * (Double(time - first) / Double(last - first))
  }

  private static let steps: [Int64] = [
    1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000, 5_184_000, 15_552_000, 31_536_000,
  ]

  /// Round times, at most twelve or so, with what is written there.
  var ticks: [(time: Int64, label: String)] {
    let seconds = (last - first) / 1_000_000_000
    let step = Self.steps.first { seconds / $0 <= 11 } ?? seconds
    guard step > 0 else { return [] }
    var result: [(Int64, String)] = []
    var time = (first / 1_000_000_000 + step - 1) / step * step
    var year: Substring = ""
    while time <= last / 1_000_000_000 {
      let text = timeText(time * 1_000_000_000)
      let label = Self.label(text, step: step, isNewYear: text.prefix(4) != year)
      result.append((time * 1_000_000_000, label))
      year = text.prefix(4)
      time += step
    }
    return result
  }

  /// The date, or the time of the day where ticks are closer; the year where it is new.
  private static func label(_ text: String, step: Int64, isNewYear: Bool) -> String {
    let date = isNewYear ? text.prefix(10) : text.dropFirst(5).prefix(5)
    if step >= 86_400 { return String(date) }
    let clock = text.dropFirst(11).prefix(step < 60 ? 8 : 5)
    return isNewYear || clock.hasPrefix("00:00") ? "\(date) \(clock)" : String(clock)
  }
}

/// A vertical axis from a lower to an upper value.
struct ValueAxis {
  let lower: Double
  let upper: Double
  private let top: Double
  private let height: Double

  init(lower: Double, upper: Double, top: Double, height: Double) {
    self.lower = lower
    self.upper = upper > lower ? upper : lower + 1
    self.top = top
    self.height = height
  }

  /// Where a value stands; outside values stand at the edge.
  func y(_ value: Double) -> Double {
    guard value.isFinite else { return .nan }
    let share = min(max((value - lower) / (upper - lower), 0), 1)
    return top + height * (1 - share)
  }

  /// Round values, about five of them.
  var ticks: [(value: Double, label: String)] {
    let rough = (upper - lower) / 5
    var unit = 1.0
    while unit > rough { unit /= 10 }
    while unit * 10 <= rough { unit *= 10 }
    let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? unit
    let decimals = max(0, min(9, Int((-log10(step)).rounded(.up))))
    var result: [(Double, String)] = []
    var value = (lower / step).rounded(.up) * step
    while value <= upper + step * 1e-9 {
      let isLarge = abs(upper) >= 1e6 || abs(lower) >= 1e6
      result.append((value, isLarge ? "\(Float(value))" : value.fixed(decimals)))
      value += step
    }
    return result
  }
}
