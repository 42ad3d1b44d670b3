/// What the pipeline itself remembers of a stream, at the start of the stream's block.
///
/// Trivial, and all zero is a new stream.
package struct StreamState {
  /// Events learned.
  var events: Int64 = 0
  /// The time of the last event learned, in nanoseconds since 1970.
  var lastTime: Int64 = 0
  /// Records below this offset are known; 0 of a new stream.
  var nextOffset: Int64 = 0
  /// A digest of the last event's values, by which a repeated event is known.
  var lastDigest: UInt64 = 0
  /// Typical seconds between events; 0 until there were two at different times.
  package var spacing: Double = 0
  /// A hash of the last event's record key.
  private var keyDigest: UInt64 = 0
  /// Trouble with the stream's events.
  package var late = Trouble()
  package var clock = Trouble()
  package var type = Trouble()
  package var silence = Silence()
  /// What became of the stream beside its events, until that is told.
  var reset = Reset.none

  package init() {}

  /// Why a stream that had learned something knows nothing, or goes on in another way.
  enum Reset: UInt8 {
    case none
    /// The saved model could not be used.
    case damaged
    /// An operator wanted it.
    case asked
    /// Not new, but it goes on by other formulas: an alarm that was open ends.
    case upgraded

    /// The reason in words.
    var text: String {
      switch self {
      case .none, .upgraded: ""
      case .damaged: "its saved model is damaged or of an unknown version"
      case .asked: "an operator made it new; anomalies that were open have ended"
      }
    }
  }

  /// How an event stands to what the stream has seen.
  package enum Order {
    /// The first event, or one not older than the last.
    case current
    /// Older than the last event: counted, never learned.
    case late
    /// The last event again: the same time and the same values.
    case duplicate
  }

  /// A digest of an event's values, by which a repeated event is known.
  package static func digest(of values: Span<Double>) -> UInt64 {
    var digest: UInt64 = 0
    for index in values.indices {
      digest = folded(digest ^ values[index].bitPattern) &+ UInt64(index)
    }
    return digest
  }

  /// Judges an event by the stream's own time.
  package func order(time: Int64, digest: UInt64) -> Order {
    guard events > 0, time <= lastTime else { return .current }
    if time < lastTime { return .late }
    return digest == lastDigest ? .duplicate : .current
  }

  /// Notes an event that is about to be learned.
  package mutating func advance(time: Int64, offset: Int64, digest: UInt64) {
    if events > 0, time > lastTime {
      let gap = Double(time &- lastTime) * 1e-9
      spacing =
        spacing == 0
        ? gap : spacing + max(1 / Double(events), 0.02) * (min(gap, 2 * spacing) - spacing)
    }
    events += 1
    lastTime = time
    nextOffset = offset + 1
    lastDigest = digest
  }

  /// Whether any kind of trouble lasts.
  var isTroubled: Bool { late.events | clock.events | type.events != 0 }

  /// Whether a record is known from before the stream was saved.
  func knows(_ offset: Int64) -> Bool { offset < nextOffset }

  /// Notes the record key of an event; true where another one carried the event before.
  package mutating func noteKey(digest: UInt64) -> Bool {
    defer { keyDigest = digest }
    return events > 0 && digest != keyDigest
  }
}
