/// What can be wrong with a stream's data; the names are part of the output and stay as they are.
enum HealthKind: String, CaseIterable {
  /// Events come later than newer ones.
  case late
  /// Events are dated further ahead of their records than `input.time.max-future`.
  case clock
  /// A value or time is missing, or of another type or unit than the definition says.
  case type
  /// The stream says nothing while others of its partition speak.
  case silent
  /// The stream begins anew, since its saved model cannot be used.
  case reset
}

/// A run of trouble with a stream's events: from the first one until a hundred in a row are well.
///
/// Part of the stream's block: trivial, and all zero is no trouble.
package struct Trouble {
  /// Events that end a run when none of them is troubled.
  private static let calmEventsToEnd: Int64 = 100

  /// Troubled events of the run; 0 where there is none.
  package private(set) var events: Int64 = 0
  /// The time of the first, in nanoseconds since 1970.
  package private(set) var since: Int64 = 0
  private var calmEvents: Int64 = 0

  package init() {}

  /// Notes a troubled event; true where it begins a run.
  package mutating func note(time: Int64) -> Bool {
    calmEvents = 0
    events += 1
    guard events == 1 else { return false }
    since = time
    return true
  }

  /// Notes an event that is well; the run that it ends, if it ends one.
  package mutating func noteCalm() -> Trouble? {
    guard events > 0 else { return nil }
    calmEvents += 1
    guard calmEvents >= Self.calmEventsToEnd else { return nil }
    defer { self = Trouble() }
    return self
  }
}

extension Rejection.Code {
  /// What a record that was rejected for this says of its stream's health, where its stream is
  /// known.
  var trouble: HealthKind? {
    switch self {
    case .timeFuture: .clock
    case .timeMissing, .timeType, .timeFormat, .timeRange: .type
    case .valueMissing, .valueType, .valueRange: .type
    default: nil
    }
  }

  /// Whether the event's time could not be told.
  var hidesTime: Bool {
    switch self {
    case .timeMissing, .timeType, .timeFormat, .timeRange, .timeFuture: true
    default: false
    }
  }
}
