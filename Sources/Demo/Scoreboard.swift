/// Judges alarms and drifts of the plant's streams by the script of its faults.
///
/// The rules, in events of the sensor: an alarm that opens (or a drift that is announced) within a
/// fault's window finds the fault, and the earliest counts for the delay; the window is the fault
/// and `Fault.toleranceEvents` after it. One in the `Fault.recoveryEvents` after the window answers
/// the fault's end and is neither found nor false. Every other one is false, during learning too.
package struct Scoreboard: Sendable {
  /// What an alarm or drift is.
  package enum Verdict: Equatable, Sendable {
    /// It gives a fault away.
    case found(Fault)
    /// It answers the end of a fault.
    case recovery
    case falseAlarm
    /// It is about no stream of the plant: nobody knows whether it is true.
    case unjudged
  }

  /// The two ways of speaking up.
  package enum Notice: Sendable {
    case alarm, drift
  }

  /// A fault that was found.
  struct Finding: Sendable {
    let notice: Notice
    /// Events of the fault up to the one that gave it away, that one included.
    let delayEvents: Int
  }

  /// The script that results are judged by.
  package let script: FaultScript
  private let numbers: [String: Int]
  /// Findings by sensor and by place in its faults.
  private(set) var findings: [[Finding?]]
  private(set) var falseAlarms = 0
  private(set) var falseDrifts = 0
  /// How many of the false ones came before the script's first possible fault.
  private(set) var falseInLearning = 0
  private(set) var recoveries = 0
  /// Alarms and drifts that no fault explains.
  package var falseCount: Int { falseAlarms + falseDrifts }
  /// Alarms and drifts that were judged or left unjudged.
  package private(set) var alarms = 0
  package private(set) var drifts = 0

  /// A scoreboard for the streams with these names, in the order of the script's sensors.
  package init(script: FaultScript, streams: [String]) {
    self.script = script
    numbers = Dictionary(
      zip(streams, 0..<streams.count), uniquingKeysWith: { first, _ in first })
    findings = script.faults.map { Array(repeating: nil, count: $0.count) }
  }

  /// Judges an alarm that opened, or a drift that was announced, at an event's time.
  @discardableResult
  package mutating func judge(
    _ notice: Notice, stream: String, milliseconds: Int64
  ) -> Verdict {
    switch notice {
    case .alarm: alarms += 1
    case .drift: drifts += 1
    }
    guard let sensor = numbers[stream], let tick = Plant.tick(at: milliseconds) else {
      return .unjudged
    }
    let faults = script.faults[sensor]
    if let place = faults.firstIndex(where: { $0.window.contains(tick) }) {
      let finding = Finding(notice: notice, delayEvents: tick - faults[place].start + 1)
      // Alarms and drifts are read from different topics, so the earlier event may come later.
      if let known = findings[sensor][place], known.delayEvents <= finding.delayEvents {
        return .found(faults[place])
      }
      findings[sensor][place] = finding
      return .found(faults[place])
    }
    if faults.contains(where: { $0.recovery.contains(tick) }) {
      recoveries += 1
      return .recovery
    }
    switch notice {
    case .alarm: falseAlarms += 1
    case .drift: falseDrifts += 1
    }
    if tick < script.learningEvents { falseInLearning += 1 }
    return .falseAlarm
  }

  /// The faults of a kind, or of all, that have been played to the end, and what was found of them.
  ///
  /// A fault whose window was cut off by the end of the run counts neither way.
  package func tally(of kind: Fault.Kind? = nil, ticks: Int) -> Tally {
    var tally = Tally()
    var delays: [Int] = []
    for (sensor, faults) in script.faults.enumerated() {
      for (place, fault) in faults.enumerated()
      where kind == nil || fault.kind == kind {
        guard fault.window.upperBound <= ticks else { continue }
        tally.faults += 1
        guard let finding = findings[sensor][place] else { continue }
        delays.append(finding.delayEvents)
        if finding.notice == .drift { tally.foundByDrift += 1 }
      }
    }
    delays.sort()
    tally.found = delays.count
    tally.medianDelayEvents = Self.median(delays)
    return tally
  }

  /// Faults that were played, and found.
  package struct Tally: Equatable, Sendable {
    package var faults = 0
    package var found = 0
    /// How many of the found were given away by a drift first.
    package var foundByDrift = 0
    /// Events of a found fault up to its first alarm or drift; nil where none was found.
    package var medianDelayEvents: Double?

    package init() {}
  }

  private static func median(_ sorted: [Int]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    if sorted.count % 2 == 1 { return Double(sorted[middle]) }
    return Double(sorted[middle - 1] + sorted[middle]) / 2
  }
}
