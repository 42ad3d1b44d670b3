package import SPN

/// The alarm of one channel of one stream: closed or open, with what is needed to decide the next
/// change.
///
/// Part of the stream's block: trivial, and all zero is a new channel.
package struct AlertState {
  /// How grave an open anomaly is, by its evidence against the level.
  package enum Severity: UInt8 {
    case minor, major, critical

    package var name: StaticString {
      switch self {
      case .minor: "minor"
      case .major: "major"
      case .critical: "critical"
      }
    }
  }

  /// What an event did to the alarm.
  package enum Change: Equatable {
    case none, opened, updated
    case resolved(Resolution)
    /// Evidence beyond the level raised no alarm.
    case suppressed(Suppression)
  }

  /// Why evidence beyond the level raises no alarm.
  package enum Suppression: UInt8, CaseIterable {
    /// The stream has not had the events of its warm-up.
    case warmUp
    /// It is not much stronger than that of an alarm just before.
    case habituation
    /// The operator does not care about deviations of this direction or size.
    case policy
  }

  /// Why an anomaly ended.
  package enum Resolution: Equatable {
    /// The values came back to what was expected before it.
    case returned
    /// The values stay where they are and have become normal.
    case learned
    /// The model goes on by the formulas of another version.
    case upgraded
  }

  package private(set) var isOpen = false
  private(set) var severityCode: UInt8 = 0
  /// Consecutive events below the exit level while open.
  private var calmEvents: UInt16 = 0
  private var habituation = Habituation()
  private var tail = EvidenceTail()
  /// Events observed.
  private var events: Int64 = 0
  /// The offset of the record that opened the alarm, and its time in nanoseconds since 1970.
  private(set) var openOffset: Int64 = 0
  private(set) var openTime: Int64 = 0
  private(set) var expectedAtOpen: Double = 0
  private(set) var peakTime: Int64 = 0
  private(set) var peakValue: Double = 0
  private(set) var peakEvidence: Float = 0
  /// The alarm level in force at the last event, as evidence.
  package private(set) var level: Float = EvidenceTail.fixedLevel
  /// The evidence of the last event.
  package private(set) var evidence: Float = 0

  /// The share of the level below which an event counts as calm.
  private static let exitShare: Float = 0.6
  /// Calm events that end an anomaly.
  static let calmEventsToResolve: UInt16 = 10

  package init() {}

  package var severity: Severity { Severity(rawValue: severityCode) ?? .critical }

  /// Learns one event and decides what it does to the alarm.
  ///
  /// - Parameters:
  ///   - spacing: the stream's typical seconds between events, which turn the budget into a
  ///     probability.
  ///   - isUpgraded: whether the model has just gone on by other formulas, which ends an alarm.
  package mutating func observe(
    _ outcome: borrowing Outcome, time: Int64, offset: Int64, spacing: Double,
    policy: Definition.Alerts, isUpgraded: Bool = false
  ) -> Change {
    events += 1
    evidence = outcome.evidence
    level = tail.level(exceededWithProbability: policy.budget.perSecond * spacing)
    tail.observe(evidence)
    if isOpen, isUpgraded {
      isOpen = false
      return .resolved(.upgraded)
    }
    if isOpen { return follow(outcome, time: time) }
    guard evidence >= level else { return .none }
    if let reason = suppression(of: outcome, policy) { return .suppressed(reason) }
    open(outcome, time: time, offset: offset)
    return .opened
  }

  private func suppression(
    of outcome: borrowing Outcome, _ policy: Definition.Alerts
  ) -> Suppression? {
    if events <= Int64(policy.warmUp) { return .warmUp }
    if habituation.mutes(evidence, at: events) { return .habituation }
    let cares = policy.cares(value: outcome.value, expected: outcome.expected)
    return cares ? nil : .policy
  }

  private mutating func open(_ outcome: borrowing Outcome, time: Int64, offset: Int64) {
    isOpen = true
    calmEvents = 0
    habituation.note(alarm: outcome.evidence, at: events)
    openOffset = offset
    openTime = time
    expectedAtOpen = outcome.expected
    severityCode = gravity(of: outcome.evidence)
    notePeak(outcome, time: time)
  }

  private mutating func follow(_ outcome: borrowing Outcome, time: Int64) -> Change {
    let evidence = outcome.evidence
    if evidence > peakEvidence { notePeak(outcome, time: time) }
    calmEvents = evidence < Self.exitShare * level ? calmEvents + 1 : 0
    if outcome.drift != nil || calmEvents >= Self.calmEventsToResolve {
      isOpen = false
      return .resolved(resolution(at: outcome.value))
    }
    let gravity = gravity(of: evidence)
    guard gravity > severityCode else { return .none }
    severityCode = gravity
    habituation.note(alarm: evidence, at: events)
    return .updated
  }

  private func resolution(at value: Double) -> Resolution {
    abs(value - expectedAtOpen) <= 0.5 * abs(peakValue - expectedAtOpen) ? .returned : .learned
  }

  private mutating func notePeak(_ outcome: borrowing Outcome, time: Int64) {
    peakTime = time
    peakValue = outcome.value
    peakEvidence = outcome.evidence
  }

  private func gravity(of evidence: Float) -> UInt8 {
    if evidence < 1.5 * level { return Severity.minor.rawValue }
    return (evidence < 2.5 * level ? Severity.major : .critical).rawValue
  }
}
