/// Everything that one drawing of the view shows.
package struct Snapshot: Sendable {
  package var elapsedSeconds = 0.0
  package var plannedSeconds = 0
  /// Whether the feeds have ended and the last results are awaited.
  package var isDraining = false
  package var events = 0
  package var predictions = 0
  package var eventsPerSecond = 0.0
  package var predictionsPerSecond = 0.0
  package var streams = 0
  package var lag = 0
  /// Events that every sensor of the plant has sent.
  package var ticks = 0
  package var learningTicks = 0
  package var tally = Scoreboard.Tally()
  package var falseAlarms = 0
  package var alarms = 0
  package var drifts = 0
  package var charts: [Chart] = []
  /// The latest first.
  package var anomalies: [Notice] = []
  package var driftNotices: [Notice] = []

  package init() {}

  /// One line for where no terminal is.
  package var plainLine: String {
    "\(Int(elapsedSeconds)) s  \(Summary.grouped(events)) events "
      + "(\(Summary.grouped(Int(eventsPerSecond)))/s)  "
      + "\(Summary.grouped(predictions)) predictions  \(streams) streams  lag \(lag)  "
      + "\(alarms) anomalies  \(drifts) drifts  "
      + "faults found \(tally.found) of \(tally.faults)  false alarms \(falseAlarms)"
  }
}
