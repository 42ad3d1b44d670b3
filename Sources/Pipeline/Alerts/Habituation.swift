/// The rest after an alarm, in which only clearly stronger evidence raises another.
///
/// A rest lasts 3 % of the stream's age, at least 10 and at most 700 events. Trivial, and all zero
/// is a new stream.
package struct Habituation {
  /// The event of the last alarm, counted from 1; 0 where there was none.
  private var alarmEvent: Int64 = 0
  /// The evidence that opened or last escalated an alarm.
  private var alarmEvidence: Float = 0

  /// An alarm during the rest needs more than this many times the evidence of the last one.
  private static let escape: Float = 1.5

  package init() {}

  /// Whether evidence at an event, counted from 1, raises no alarm.
  package func mutes(_ evidence: Float, at event: Int64) -> Bool {
    guard alarmEvent > 0 else { return false }
    let rest = max(10, min(event * 3 / 100, 700))
    return event - alarmEvent <= rest && evidence <= Self.escape * alarmEvidence
  }

  /// Begins a rest.
  package mutating func note(alarm evidence: Float, at event: Int64) {
    alarmEvent = event
    alarmEvidence = evidence
  }
}
