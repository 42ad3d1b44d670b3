/// What the pipeline itself remembers of a stream, at the start of the stream's block.
///
/// Trivial, and all zero is a new stream.
package struct StreamState {
  /// Events learned.
  var events: Int64 = 0
  /// The time of the last event learned, in nanoseconds since 1970.
  var lastTime: Int64 = 0
  /// The offset of the last record learned.
  var lastOffset: Int64 = 0
  /// A digest of the last event's values, by which a repeated event is known.
  var lastDigest: UInt64 = 0
  /// Typical seconds between events; 0 until there were two at different times.
  package var spacing: Double = 0
  /// Late events in the current run of trouble, and the time of its first.
  package var lateEvents: Int64 = 0
  var lateSince: Int64 = 0
  /// Events in order since the last late one.
  var orderlyEvents: Int64 = 0

  package init() {}

  /// Events in order that end a run of late ones.
  private static let orderlyEventsToRecover: Int64 = 100

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
      let product = (digest ^ values[index].bitPattern).multipliedFullWidth(
        by: 0xA076_1D64_78BD_642F)
      digest = product.high ^ product.low &+ UInt64(index)
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
    lastOffset = offset
    lastDigest = digest
  }

  /// Notes a late event; true where it begins a run of them.
  package mutating func noteLate(time: Int64) -> Bool {
    orderlyEvents = 0
    lateEvents += 1
    guard lateEvents == 1 else { return false }
    lateSince = time
    return true
  }

  /// Notes an event in order; true where it ends a run of late ones.
  package mutating func noteOrderly() -> Bool {
    guard lateEvents > 0 else { return false }
    orderlyEvents += 1
    return orderlyEvents >= Self.orderlyEventsToRecover
  }

  /// Forgets the run of late events, after its end was told.
  package mutating func clearLate() {
    lateEvents = 0
    orderlyEvents = 0
  }
}
