extension Summary {
  /// One JSON object on one line.
  package var json: String {
    let fields: [(String, String)] = [
      ("events", "\(flow.events)"), ("predictions", "\(flow.predictions)"),
      ("late", "\(flow.late)"), ("duplicates", "\(flow.duplicates)"),
      ("dead_letters", "\(flow.deadLetters)"), ("lost", "\(flow.lost)"),
      ("repeated", "\(flow.repeated)"), ("streams", "\(streams)"),
      ("faults", "\(total.faults)"), ("found", "\(total.found)"),
      ("median_delay_events", total.medianDelayEvents.map { "\($0)" } ?? "null"),
      ("false_alarms", "\(falseAlarms)"), ("false_drifts", "\(falseDrifts)"),
      ("false_in_learning", "\(falseInLearning)"),
      ("false_alarms_per_10000_events", "\(Self.rounded(falsePerTenThousand))"),
      ("events_per_second", "\(Self.rounded(eventsPerSecond))"),
      ("seconds", "\(Self.rounded(seconds))"), ("seed", "\(seed)"),
      ("by_kind", byKind),
    ]
    return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  private var byKind: String {
    let kinds = rows.map { row in
      "{\"kind\":\"\(row.name)\",\"faults\":\(row.tally.faults),\"found\":\(row.tally.found),"
        + "\"median_delay_events\":\(row.tally.medianDelayEvents.map { "\($0)" } ?? "null")}"
    }
    return "[" + kinds.joined(separator: ",") + "]"
  }

  /// The table for people.
  package var text: String {
    var lines = [
      "events in       \(Self.grouped(flow.events)) in \(Self.rounded(seconds)) s, "
        + "\(Self.grouped(Int(eventsPerSecond))) a second, \(streams) streams",
      "results out     \(Self.grouped(flow.predictions)) predictions, \(flow.late) late, "
        + "\(flow.duplicates) duplicates, \(flow.deadLetters) dead letters",
      "lost            \(flow.lost)",
      "answered twice  \(flow.repeated)",
      "",
      Self.row("scripted faults", "played", "found", "share", "median delay"),
    ]
    for row in rows { lines.append(Self.row("  " + row.name, row.tally)) }
    lines += [
      Self.row("  all", total), "",
      "false alarms    \(falseAlarms), \(Self.rounded(falsePerTenThousand)) per 10,000 events"
        + " (\(falseDrifts) of them drifts; \(falseInLearning) in the learning time)",
      "after faults    \(recoveries) alarms and drifts answered the end of a fault",
      "",
      "A fault is found by the first alarm or drift from its start to "
        + "\(Fault.toleranceEvents) events after its end;",
      "for \(Fault.recoveryEvents) events more, alarms answer its end. Every other one is false.",
      "The same plant and script come with --seed \(seed) and the same length.",
    ]
    return lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ tally: Scoreboard.Tally) -> String {
    let share = tally.faults > 0 ? "\(100 * tally.found / tally.faults) %" : "-"
    let delay =
      tally.medianDelayEvents.map {
        "\($0.formattedBriefly) event" + ($0 == 1 ? "" : "s")
      } ?? "-"
    return row(name, "\(tally.faults)", "\(tally.found)", share, delay)
  }

  private static func row(_ name: String, _ cells: String...) -> String {
    name.padded(to: 16) + cells.map { $0.padded(to: -9) }.dropLast().joined()
      + (cells.last ?? "").padded(to: -15)
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// A whole number with a comma before every three digits.
  static func grouped(_ number: Int) -> String {
    let digits = String(number)
    var result = ""
    for (place, digit) in digits.enumerated() {
      let left = digits.count - place
      if place > 0, left % 3 == 0, digit != "-" { result += "," }
      result.append(digit)
    }
    return result
  }
}

extension Double {
  /// Four significant digits at most for large numbers, three decimals at most for small ones.
  var formattedBriefly: String {
    guard isFinite else { return "-" }
    let factor = magnitude >= 1000 ? 1.0 : magnitude >= 100 ? 10 : magnitude >= 1 ? 100 : 1000
    let rounded = (self * factor).rounded() / factor
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
      ? "\(Int64(rounded))" : "\(rounded)"
  }
}

extension String {
  /// The text with spaces added up to `width` characters: behind it, or before it for a negative
  /// width.
  func padded(to width: Int) -> String {
    let spaces = String(repeating: " ", count: max(0, Int(width.magnitude) - count))
    return width < 0 ? spaces + self : self + spaces
  }
}
