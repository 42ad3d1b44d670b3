/// Whether a stream has fallen silent, judged by the time of its partition's events.
///
/// Part of the stream's block: trivial, and all zero is a stream that is not expected to speak.
/// Two steps lead to silence, so that a gap of the whole partition is not taken for one of each of
/// its streams: its deadline passes, and then others go on for a while without it.
package struct Silence {
  /// Events of a stream before its next one is expected.
  private static let eventsMin: Int64 = 30
  /// Typical spacings without an event that are too many.
  private static let spacingsMax = 20.0
  /// Typical spacings that others must go on for.
  private static let spacingsAfter = 5.0

  /// What became of the next event.
  package enum Phase: UInt8 {
    case expected, missed, silent
  }

  package private(set) var phase = Phase.expected
  /// When to look at the stream again, in nanoseconds since 1970 of its partition's time; never
  /// earlier than was said before, and 0 until the stream is expected to speak.
  package private(set) var deadline: Int64 = 0

  package init() {}

  /// Notes an event of the stream that was learned; true where it is to be watched from now on.
  ///
  /// - Parameters:
  ///   - events: how many there have been.
  ///   - time: the event's.
  ///   - spacing: the typical seconds between events.
  package mutating func noteEvent(
    _ events: Int64, time: Int64, spacing: Double, limit: Definition.Silence
  ) -> Bool {
    guard events >= Self.eventsMin, spacing > 0 else { return false }
    let wait: Int64
    switch limit {
    case .never: return false
    case .auto: wait = Self.nanoseconds(Self.spacingsMax * spacing)
    case .after(let duration): wait = duration.nanoseconds
    }
    let isNew = deadline == 0 || phase == .silent
    phase = .expected
    deadline = max(deadline, time &+ wait)
    return isNew
  }

  /// Looks at a stream whose deadline may have passed; true where it falls silent.
  package mutating func judge(now: Int64, spacing: Double) -> Bool {
    guard now > deadline else { return false }
    guard phase == .expected else {
      phase = .silent
      return true
    }
    phase = .missed
    deadline = now &+ Self.nanoseconds(Self.spacingsAfter * spacing)
    return false
  }

  private static func nanoseconds(_ seconds: Double) -> Int64 {
    // A century, so that no sum overflows.
    Int64(min(max(seconds, 0), 3.2e9) * 1e9)
  }
}
