/// One alarm or drift, as the view shows it.
package struct Notice: Sendable {
  package let kind: Scoreboard.Notice
  package let milliseconds: Int64
  package let stream: String
  /// How grave the alarm is, or the kind of drift.
  package let what: String
  package let explanation: String
  package let verdict: Scoreboard.Verdict

  package init(
    kind: Scoreboard.Notice, milliseconds: Int64, stream: String, what: String,
    explanation: String, verdict: Scoreboard.Verdict
  ) {
    self.kind = kind
    self.milliseconds = milliseconds
    self.stream = stream
    self.what = what
    self.explanation = explanation
    self.verdict = verdict
  }

  /// The line of the view.
  package var line: StyledLine {
    var line = StyledLine(" ")
    switch verdict {
    case .found: line.add("✓ ", .good)
    case .falseAlarm: line.add("✗ ", .bad)
    case .recovery, .unjudged: line.add("· ", .dim)
    }
    line.add(EventTime.clock(milliseconds) + "  ", .dim)
    line.add(what.padded(to: 9), what == "critical" ? .bad : .warning)
    line.add(stream.padded(to: 22) + " ", .accent)
    line.add(truth, .dim)
    line.add(explanation)
    return line
  }

  /// What the script says about it.
  private var truth: String {
    switch verdict {
    case .found(let fault): "[\(fault.kind.rawValue)] "
    case .falseAlarm: "[false] "
    case .recovery: "[after a fault] "
    case .unjudged: ""
    }
  }
}
