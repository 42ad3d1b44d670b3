import Glibc

/// One series' alarm scores, ready to be judged by the rules of the Numenta Anomaly Benchmark v1.1
/// (Lavin and Ahmad 2015).
///
/// The first 15 % of events, at most 750, are the probation and do not count. In a window the
/// earliest alarm counts, the more the earlier; outside every alarm costs, the less the closer it
/// follows a window.
package struct NABEntry: Sendable {
  let scores: [Float]
  /// What an alarm at each event is worth before weights, −1…1.
  let worth: [Double]
  /// The window that an event is in, −1 for none, −2 for the probation.
  let windows: [Int32]
  /// Windows with at least one event after the probation.
  let windowCount: Int

  package init(scores: [Float], windows ranges: [ClosedRange<Int>]) {
    let count = scores.count
    var worth = Array(repeating: -1.0, count: count)
    var windows = Array(repeating: Int32(-1), count: count)
    for (w, range) in ranges.enumerated() {
      let width = Double(range.count)
      for i in range {
        let position = -Double(range.upperBound - i + 1) / width
        worth[i] = Self.sigmoid(position) / Self.sigmoid(-1)
        windows[i] = Int32(w)
      }
      let end = w + 1 < ranges.count ? ranges[w + 1].lowerBound : count
      for i in (range.upperBound + 1)..<max(end, range.upperBound + 1) {
        worth[i] = Self.sigmoid(Double(i - range.upperBound) / (width - 1))
      }
    }
    for i in 0..<Self.probation(count) { windows[i] = -2 }
    self.scores = scores
    self.worth = worth
    self.windows = windows
    windowCount = Set(windows.filter { $0 >= 0 }).count
  }

  /// Events at the start that do not count.
  package static func probation(_ count: Int) -> Int { min(Int(0.15 * Double(count)), 750) }

  /// The benchmark's scaled sigmoid: 1 far before, 0 at, −1 far behind a window's end.
  static func sigmoid(_ position: Double) -> Double {
    position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1
  }
}

/// Series judged together: one threshold for all.
package struct NABScore: Sendable {
  /// 100 for finding every window at once without a false alarm, 0 for no alarm at all, below 0
  /// for worse; NaN where there are no windows.
  package let value: Double
  /// The score at and above which an event is an alarm.
  package let threshold: Float

  /// The score at the threshold that suits the entries best, as the benchmark's optimiser finds it.
  package static func best(_ entries: [NABEntry], _ profile: NABProfile) -> NABScore {
    var events = sortedEvents(entries)[...]
    var worths = entries.map { Array(repeating: -profile.missed, count: $0.windowLimit) }
    var total = -profile.missed * Double(windowCount(entries))
    var best = total
    var threshold: Float = 1.1
    while let score = events.first?.score {
      while let event = events.first, event.score == score {
        events.removeFirst()
        let entry = entries[event.entry]
        let worth = entry.worth[event.index]
        let window = Int(entry.windows[event.index])
        if window < 0 {
          total += worth * profile.falseAlarm
        } else if worth * profile.found > worths[event.entry][window] {
          total += worth * profile.found - worths[event.entry][window]
          worths[event.entry][window] = worth * profile.found
        }
      }
      if total > best { (best, threshold) = (total, score) }
    }
    return NABScore(
      value: normalised(best, windows: windowCount(entries), profile), threshold: threshold)
  }

  /// The score at a threshold.
  package static func at(
    _ threshold: Float, _ entries: [NABEntry], _ profile: NABProfile
  ) -> NABScore {
    let total = entries.reduce(0) { $0 + raw($1, threshold, profile) }
    return NABScore(
      value: normalised(total, windows: windowCount(entries), profile), threshold: threshold)
  }

  /// What one series adds before normalising.
  package static func raw(
    _ entry: NABEntry, _ threshold: Float, _ profile: NABProfile
  ) -> Double {
    var worths = Array(repeating: -profile.missed, count: entry.windowLimit)
    var total = -profile.missed * Double(entry.windowCount)
    for i in entry.scores.indices where entry.scores[i] >= threshold && entry.windows[i] != -2 {
      let window = Int(entry.windows[i])
      if window < 0 {
        total += entry.worth[i] * profile.falseAlarm
      } else if entry.worth[i] * profile.found > worths[window] {
        total += entry.worth[i] * profile.found - worths[window]
        worths[window] = entry.worth[i] * profile.found
      }
    }
    return total
  }

  /// A sum of raw scores on the scale where nothing found is 0 and everything is 100.
  package static func normalised(
    _ total: Double, windows: Int, _ profile: NABProfile
  ) -> Double {
    guard windows > 0 else { return .nan }
    let null = -profile.missed * Double(windows)
    return 100 * (total - null) / (profile.found * Double(windows) - null)
  }

  package static func windowCount(_ entries: [NABEntry]) -> Int {
    entries.reduce(0) { $0 + $1.windowCount }
  }

  private struct Event {
    var score: Float
    var entry: Int
    var index: Int
  }

  /// All events past the probation, the highest score first; most have score 0 and need no order.
  private static func sortedEvents(_ entries: [NABEntry]) -> [Event] {
    var events: [Event] = []
    var silent: [Event] = []
    for (e, entry) in entries.enumerated() {
      for i in entry.scores.indices where entry.windows[i] != -2 {
        let event = Event(score: entry.scores[i], entry: e, index: i)
        if event.score > 0 { events.append(event) } else { silent.append(event) }
      }
    }
    events.sort { ($1.score, $0.entry, $0.index) < ($0.score, $1.entry, $1.index) }
    return events + silent
  }
}

extension NABEntry {
  /// Above the highest window's number.
  fileprivate var windowLimit: Int { Int(max(windows.max() ?? -1, -1)) + 1 }
}
