/// Lays a snapshot out for a terminal of any size.
package struct Screen: Sendable {
  package let columns: Int
  package let rows: Int

  /// A screen of a terminal with this many columns and rows; sizes that no terminal has are brought
  /// into bounds.
  package init(columns: Int, rows: Int) {
    self.columns = min(max(columns, 20), 400)
    self.rows = min(max(rows, 4), 200)
  }

  /// The lines from top to bottom, never more than the screen's rows.
  package func lines(of snapshot: Snapshot) -> [StyledLine] {
    var lines = header(snapshot)
    let free = rows - lines.count
    // Charts give way first where the window is low: the latest news matters more.
    let chartRows = free >= 26 ? 6 : free >= 18 ? 4 : free >= 14 ? 2 : 0
    if chartRows > 0 {
      for chart in snapshot.charts {
        lines.append(StyledLine())
        lines.append(chart.title)
        lines += chart.lines(columns: columns, rows: chartRows)
      }
    }
    let left = max(0, rows - lines.count)
    let half = max(2, (left + 1) * 3 / 5)
    lines += list("anomalies", snapshot.alarms, snapshot.anomalies, rows: half)
    lines += list("drifts", snapshot.drifts, snapshot.driftNotices, rows: left - half)
    return Array(lines.prefix(rows))
  }

  private func header(_ snapshot: Snapshot) -> [StyledLine] {
    [title(snapshot), flow(snapshot), truth(snapshot)]
  }

  private func title(_ snapshot: Snapshot) -> StyledLine {
    var line = StyledLine("spnd demo  ", .bold)
    let share = min(1, snapshot.elapsedSeconds / Double(max(1, snapshot.plannedSeconds)))
    let cells = min(30, max(0, columns - 40))
    let full = Int(share * Double(cells))
    line.add(String(repeating: "█", count: full), .accent)
    line.add(String(repeating: "░", count: cells - full), .dim)
    line.add(
      " \(Self.minutes(Int(snapshot.elapsedSeconds))) of \(Self.minutes(snapshot.plannedSeconds))")
    line.add("  " + snapshot.phase.rawValue, .dim)
    return line
  }

  private func flow(_ snapshot: Snapshot) -> StyledLine {
    var line = StyledLine("in ", .dim)
    line.add("\(Summary.grouped(snapshot.events)) events ")
    line.add("\(Summary.grouped(Int(snapshot.eventsPerSecond)))/s", .bold)
    line.add("   out ", .dim)
    line.add("\(Summary.grouped(snapshot.predictions)) predictions ")
    line.add("\(Summary.grouped(Int(snapshot.predictionsPerSecond)))/s", .bold)
    line.add("   \(snapshot.streams) streams   lag \(Summary.grouped(snapshot.lag))")
    return line
  }

  private func truth(_ snapshot: Snapshot) -> StyledLine {
    var line = StyledLine("plant clock ", .dim)
    line.add(EventTime.clock(Plant.time(ofTick: snapshot.ticks)))
    line.add(", day \(snapshot.ticks / Plant.ticksPerDay + 1)")
    if snapshot.ticks < snapshot.learningTicks {
      line.add("   learning, faults come later", .dim)
    } else {
      line.add("   faults found ", .dim)
      line.add("\(snapshot.tally.found) of \(snapshot.tally.faults)", .good)
    }
    line.add("   false alarms ", .dim)
    line.add("\(snapshot.falseAlarms)", snapshot.falseAlarms > 0 ? .warning : .good)
    return line
  }

  private func list(
    _ name: String, _ count: Int, _ notices: [Notice], rows: Int
  ) -> [StyledLine] {
    guard rows >= 2 else { return [] }
    var heading = StyledLine(name, .bold)
    heading.add("  \(count)", .dim)
    let lines = notices.prefix(rows - 2).map(\.line)
    let padding = Array(repeating: StyledLine(), count: rows - 2 - lines.count)
    return [StyledLine(), heading] + lines + padding
  }

  private static func minutes(_ seconds: Int) -> String {
    "\(EventTime.padded(Int64(seconds / 60))):\(EventTime.padded(Int64(seconds % 60)))"
  }
}
