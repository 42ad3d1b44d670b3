/// A plant of many sensors on an accelerated clock, the same for the same seed.
package struct Plant: Sendable {
  /// Milliseconds of the plant's clock between two events of a sensor: five minutes.
  package static let tickMilliseconds: Int64 = 300_000
  /// Events of a sensor in a day of the plant.
  package static let ticksPerDay = 288
  /// When the plant's clock starts: Monday, 5 January 2026, 00:00 UTC, in milliseconds since 1970.
  package static let startMilliseconds: Int64 = 1_767_571_200_000

  /// The sensors by number.
  package private(set) var sensors: [Sensor]
  /// What goes wrong with them.
  package let script: FaultScript

  package init(script: FaultScript, seed: UInt64) {
    self.script = script
    sensors = script.faults.indices.map { Sensor(number: $0, seed: seed) }
  }

  /// What the sensor with this number reports at `tick`; the ticks of a sensor must come in order.
  package mutating func value(sensor: Int, tick: Int) -> Double {
    sensors[sensor].sample(tick: tick, effect: script.effect(sensor: sensor, tick: tick))
  }

  /// The time of every sensor's event `tick`, in milliseconds since 1970.
  package static func time(ofTick tick: Int) -> Int64 {
    startMilliseconds + Int64(tick) * tickMilliseconds
  }

  /// The number of the event that happened at this time, or nil where the plant's clock had not
  /// started.
  package static func tick(at milliseconds: Int64) -> Int? {
    guard milliseconds >= startMilliseconds else { return nil }
    return Int((milliseconds - startMilliseconds) / tickMilliseconds)
  }
}
