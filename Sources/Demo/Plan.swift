/// How long a run of the demonstration is, and how much it does.
package struct Plan: Equatable, Sendable {
  /// The seconds that a run may last; one without a limit ends after these, too.
  package static let secondsMax = 3600
  package static let sensorsMax = 2_000
  package static let rateMax = 200_000

  package let seconds: Int
  package let sensors: Int
  /// Events of the plant a second, all sensors together.
  package let rate: Int
  package let seed: UInt64

  /// - Parameters:
  ///   - seconds: 1…`secondsMax`; nil runs until told to stop, `secondsMax` at most.
  ///   - sensors: 1…`sensorsMax`.
  ///   - rate: 1…`rateMax`; nil gives each sensor 3,000 events, in 30 to 60 seconds, and 50 a
  ///     second in longer runs.
  package init(seconds: Int? = nil, sensors: Int = 200, rate: Int? = nil, seed: UInt64 = 1) {
    self.seconds = min(max(seconds ?? Self.secondsMax, 1), Self.secondsMax)
    self.sensors = min(max(sensors, 1), Self.sensorsMax)
    let perSensor = min(max(3_000 / self.seconds, 50), 100)
    self.rate = min(max(rate ?? self.sensors * perSensor, 1), Self.rateMax)
    self.seed = seed
  }

  /// Events that every sensor sends in the whole run.
  package var ticks: Int { max(1, rate * seconds / sensors) }

  /// Nanoseconds between two events of a sensor.
  package var tickNanoseconds: UInt64 { UInt64(sensors) * 1_000_000_000 / UInt64(rate) }

  /// Events that may be on their way, so that the broker, which forgets, never has to: two seconds'
  /// worth, in bounds.
  package var inFlightMax: Int { min(max(2 * rate, 2 * sensors), 20_000) }
}
