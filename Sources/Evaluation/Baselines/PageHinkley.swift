/// The Page-Hinkley test (Page 1954), a baseline: alarms when the sum of deviations from the
/// running mean leaves its extreme by more than a threshold, either way.
///
/// With river's settings.
package struct PageHinkley {
  private let threshold: Double
  private let slack: Double
  private var count = 0.0
  private var mean = 0.0
  private var up = 0.0
  private var down = 0.0
  private var lowest = Double.infinity
  private var highest = -Double.infinity

  private static let fading = 1 - 0.0001
  private static let countMin = 30.0

  /// - Parameters:
  ///   - threshold: the sum that is an alarm, in the values' unit.
  ///   - slack: the deviation that does not count.
  package init(threshold: Double = 50, slack: Double = 0.05) {
    self.threshold = threshold
    self.slack = slack
  }

  /// Takes the next value; an alarm starts the test anew.
  package mutating func detects(_ value: Double) -> Bool {
    count += 1
    mean += (value - mean) / count
    up = Self.fading * up + (value - mean) - slack
    down = Self.fading * down + (value - mean) + slack
    lowest = min(lowest, up)
    highest = max(highest, down)
    guard count >= Self.countMin, max(up - lowest, highest - down) > threshold else { return false }
    self = PageHinkley(threshold: threshold, slack: slack)
    return true
  }
}
