internal import Pipeline

/// One labelled series after its run: what was said, and what that is worth.
package struct AnomalyTrial: Sendable {
  package let labelled: LabelledSeries
  /// The scores at which an alarm could be raised.
  package let alarmScores: [Float]
  let entry: NABEntry
  let volume: Double
  /// What the alerts did.
  let alarms: AlarmCount

  /// Runs a series.
  package init(_ labelled: LabelledSeries, _ settings: Settings) {
    self.labelled = labelled
    let trace = Trace.of(single: labelled.series, settings)
    alarmScores = trace.alarmScores
    entry = NABEntry(scores: trace.alarmScores, windows: labelled.windows)
    volume = VUSPR.of(scores: trace.scores, windows: labelled.windows)
    alarms = AlarmCount(trace, entry, spacing: labelled.series.spacing)
  }
}

/// What the alerts of some series did after the probation, in and outside the windows.
struct AlarmCount: Sendable {
  var windows = 0
  /// Windows in which an alarm opened.
  var found = 0
  /// Events from the beginning of each found window to its first alarm.
  var delays: [Double] = []
  /// Alarms that opened outside the windows, and the weeks in which they could have.
  var outside = 0
  var weeks = 0.0
  /// The same where the alarm level stood above the fixed one.
  var outsideRaised = 0
  var weeksRaised = 0.0

  init() {}

  init(_ trace: Trace, _ entry: NABEntry, spacing: Double) {
    let weeksPerEvent = spacing / 604_800
    windows = entry.windowCount
    for event in entry.windows.indices where entry.windows[event] == -1 {
      weeks += weeksPerEvent
      if trace.levels[event] > EvidenceTail.fixedLevel { weeksRaised += weeksPerEvent }
    }
    var seen: Set<Int32> = []
    for event in trace.alarms where entry.windows[event] != -2 {
      let window = entry.windows[event]
      if window == -1 {
        outside += 1
        if trace.levels[event] > EvidenceTail.fixedLevel { outsideRaised += 1 }
      } else if seen.insert(window).inserted {
        found += 1
        delays.append(Double(event - (entry.windows.firstIndex(of: window) ?? event)))
      }
    }
  }

  static func + (a: AlarmCount, b: AlarmCount) -> AlarmCount {
    var sum = a
    sum.windows += b.windows
    sum.found += b.found
    sum.delays += b.delays
    sum.outside += b.outside
    sum.weeks += b.weeks
    sum.outsideRaised += b.outsideRaised
    sum.weeksRaised += b.weeksRaised
    return sum
  }
}
