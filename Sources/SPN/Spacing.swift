/// When a channel was last seen, and how far apart its events usually are.
struct Spacing: ~Copyable {
  /// The last event's time, UTC.
  private(set) var nanoseconds: Int64
  /// The typical distance between events in seconds; 0 while unknown.
  private(set) var seconds: Double

  /// Notes an event, with how many came before. Time that stands still or runs backwards changes
  /// nothing but the last time.
  mutating func learn(_ time: ModelTime, before: Int64) {
    let (delta, isOverflow) = time.nanoseconds.subtractingReportingOverflow(nanoseconds)
    nanoseconds = time.nanoseconds
    guard before > 0, delta > 0, !isOverflow else { return }
    let gap = Double(delta) * 1e-9
    if seconds == 0 {
      seconds = gap
    } else {
      seconds += max(1 / Double(before), 0.02) * (min(gap, 2 * seconds) - seconds)
    }
  }

  /// When the event after so many is due, 0 being the last one.
  func next(_ events: Int = 1, zoneOffset: Int32) -> ModelTime {
    let step = Int64(min(Double(events) * seconds, 9e9) * 1e9)
    let (sum, isOverflow) = nanoseconds.addingReportingOverflow(step)
    return ModelTime(nanoseconds: isOverflow ? nanoseconds : sum, zoneOffset: zoneOffset)
  }
}
