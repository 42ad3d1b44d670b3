import SPN

/// How a detector's alarms meet a stream's drifts.
package struct Detection: Sendable {
  package var drifts = 0
  /// Events from each found drift to its first alarm.
  package var delays: [Double] = []
  package var missed = 0
  /// Alarms in no drift's window, and the events outside all windows.
  package var falseAlarms = 0
  package var quietEvents = 0

  package init() {}

  /// Judges alarms, in order: the first in the window behind a drift finds it, further ones there
  /// count neither way.
  package init(alarms: [Int], drifts: [Int], window: Int, count: Int) {
    self.drifts = drifts.count
    var isQuiet = Array(repeating: true, count: count)
    for drift in drifts {
      let range = drift..<min(drift + window, count)
      for event in range { isQuiet[event] = false }
      if let found = alarms.first(where: { range.contains($0) }) {
        delays.append(Double(found - drift))
      } else {
        missed += 1
      }
    }
    falseAlarms = alarms.count { isQuiet[$0] }
    quietEvents = isQuiet.count { $0 }
  }

  package static func + (a: Detection, b: Detection) -> Detection {
    var sum = a
    sum.drifts += b.drifts
    sum.delays += b.delays
    sum.missed += b.missed
    sum.falseAlarms += b.falseAlarms
    sum.quietEvents += b.quietEvents
    return sum
  }

  /// False alarms in 10,000 events.
  package var falseRate: Double { Double(falseAlarms) / Double(quietEvents) * 10_000 }
}
