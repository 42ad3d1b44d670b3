/// One thing that the script does to one sensor, and the events in which finding it counts.
package struct Fault: Equatable, Sendable {
  /// The ways in which a sensor goes wrong.
  package enum Kind: String, CaseIterable, Sendable {
    case levelShift = "level shift"
    case ramp
    case variance
    case stuck
    case spike
  }

  /// What a fault does to one event.
  package struct Effect: Equatable, Sendable {
    /// Added to the value, in the sensor's own standard deviations.
    package var offset = 0.0
    /// Multiplies the noise.
    package var noiseFactor = 1.0
    /// Whether the sensor repeats its last report.
    package var isStuck = false

    package init() {}
  }

  /// Events after a fault's last in which an alarm still counts as finding it: two hours of the
  /// plant.
  package static let toleranceEvents = 24
  /// Events after the window in which alarms are put down to the fault's end: half a day of the
  /// plant.
  package static let recoveryEvents = 144

  /// The sensor's number.
  package let sensor: Int
  package let kind: Kind
  /// The first event that is different.
  package let start: Int
  /// The event after the last that is different; for a lasting change, when it is no longer news.
  package let end: Int
  /// Standard deviations of offset, or the factor of the noise; 0 for a stuck sensor.
  package let size: Double
  /// Whether the level stays where the fault has brought it.
  package let isLasting: Bool

  package init(
    sensor: Int, kind: Kind, start: Int, end: Int, size: Double = 0, isLasting: Bool = false
  ) {
    self.sensor = sensor
    self.kind = kind
    self.start = start
    self.end = end
    self.size = size
    self.isLasting = isLasting
  }

  /// The events in which an alarm or a drift counts as finding this fault.
  package var window: Range<Int> { start..<(end + Self.toleranceEvents) }

  /// The events after the window in which alarms are the answer to things being normal again.
  package var recovery: Range<Int> {
    window.upperBound..<(window.upperBound + Self.recoveryEvents)
  }

  /// Adds what this fault does to event `tick` to `effect`.
  package func apply(to effect: inout Effect, tick: Int) {
    guard tick >= start, tick < end || isLasting else { return }
    switch kind {
    case .levelShift, .spike: effect.offset += size
    case .ramp: effect.offset += size * min(1, Double(tick - start + 1) / Double(end - start))
    case .variance: effect.noiseFactor *= size
    case .stuck: effect.isStuck = true
    }
  }
}
