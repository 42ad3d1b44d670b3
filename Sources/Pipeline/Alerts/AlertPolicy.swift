/// What an operator asked of the alarms of one pipeline.
public struct AlertPolicy: Sendable, Equatable {
  /// Which side of the expectation alarms.
  public enum Direction: String, Sendable, CaseIterable {
    case both, up, down
  }

  /// False alarms that a stream may raise per second.
  public var alarmsPerSecond: Double
  /// Which side of the expectation alarms.
  public var direction: Direction
  /// The least |value − expected| that alarms, in the channel's unit; at least 0.
  public var minAbsolute: Double
  /// The least |value − expected| / |expected| that alarms; at least 0.
  public var minRelative: Double
  /// Events of a stream before its first alarm.
  public var warmUpEvents: Int64

  /// One alarm a stream and week, in both directions, of any size.
  public init(
    alarmsPerSecond: Double = 1 / 604_800, direction: Direction = .both, minAbsolute: Double = 0,
    minRelative: Double = 0, warmUpEvents: Int64 = 200
  ) {
    self.alarmsPerSecond = alarmsPerSecond
    self.direction = direction
    self.minAbsolute = minAbsolute
    self.minRelative = minRelative
    self.warmUpEvents = warmUpEvents
  }

  /// Whether a deviation is on the side and of the size that the operator cares about.
  func cares(value: Double, expected: Double) -> Bool {
    let deviation = value - expected
    switch direction {
    case .both: break
    case .up where deviation <= 0: return false
    case .down where deviation >= 0: return false
    case .up, .down: break
    }
    return abs(deviation) >= minAbsolute && abs(deviation) >= minRelative * abs(expected)
  }
}
