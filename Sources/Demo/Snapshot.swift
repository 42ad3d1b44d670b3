/// Everything that one drawing of the view shows.
package struct Snapshot: Sendable {
  /// What the run is about.
  package enum Phase: String, Sendable {
    case joining = "the pipelines join their groups"
    case running = "Ctrl-C ends"
    /// The feeds have ended.
    case draining = "the last results come in"
  }

  package var elapsedSeconds = 0.0
  package var plannedSeconds = 0
  package var phase = Phase.running
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
