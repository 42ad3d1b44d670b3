/// What a stream's model says about one event of one channel.
public struct Outcome: Sendable {
  /// What was observed; NaN where the channel was missing in this event.
  public var value: Double = .nan
  /// What was expected before the event was seen, in the channel's unit; NaN for the channel's
  /// first value.
  public var prediction: Double = .nan
  /// The interval that contains the next value with the network's coverage.
  public var lower: Double = .nan
  /// The interval's upper end.
  public var upper: Double = .nan
  /// The value before, or what was believed of it; NaN for the channel's first value.
  public var last: Double = .nan
  /// What the contextual memory says is normal at this time of the clock: the anomaly evidence's
  /// expectation.
  public var expected: Double = .nan
  /// The residual's normal score in its own running distribution, −2…3.
  public var surprise: Float = 0
  /// Evidence for an anomaly, at least 0; `alarmEvidence` is the fixed alarm level.
  public var evidence: Float = 0
  /// The evidence as a score, evidence / (evidence + `alarmEvidence`): 0…1, 0.5 at the fixed alarm
  /// level.
  public var score: Float = 0
  /// How near the drift detectors are to their threshold, 0…1.
  public var driftSignal: Float = 0
  /// The drift that this event completed, if any.
  public var drift: Drift?
  /// The regime memory that was recalled at this event, if any, 0…5.
  public var recalled: Int?

  /// The evidence that is an alarm where no other level is asked for.
  public static let alarmEvidence = Float(Constants.evidenceAlarm)

  /// Nothing known.
  public init() {}
}

/// A change in how a channel behaves.
public struct Drift: Sendable, Equatable {
  /// What changed, by the detector that found it.
  ///
  /// The level detector says `level`, a lasting bias of the residual `trend`, a change of its size
  /// (or a value that stands still, with `after` 0) `variance`, and weights that have become stale
  /// `dynamics`. The network itself says nothing of the other kinds.
  public enum Kind: UInt8, Sendable {
    /// See above; `seasonality`, `rate` and `missing` come from outside the network.
    case level, trend, variance, seasonality, rate, missing
    /// How values follow each other: the slow weights no longer predict as well as the others.
    case dynamics
  }

  /// What changed.
  public var kind: Kind
  /// Events since the change began, as far as the detectors can tell; at least 0.
  public var age: Int
  /// The size of the change, |after − before|, in the channel's robust step scale.
  public var magnitude: Float
  /// The level (or, for variance, the scale) before, in the channel's unit.
  public var before: Double
  /// The same after.
  public var after: Double

  /// Describes a change.
  public init(kind: Kind, age: Int, magnitude: Float, before: Double, after: Double) {
    self.kind = kind
    self.age = age
    self.magnitude = magnitude
    self.before = before
    self.after = after
  }
}

/// When an event happened.
public struct ModelTime: Sendable, Equatable {
  /// Nanoseconds since 1970, UTC.
  public var nanoseconds: Int64
  /// Seconds that local clocks are ahead of UTC at that time, for the memory of the clock.
  public var zoneOffset: Int32

  /// Makes a time.
  public init(nanoseconds: Int64, zoneOffset: Int32 = 0) {
    self.nanoseconds = nanoseconds
    self.zoneOffset = zoneOffset
  }
}
