/// What a sensor of the plant measures, and in what ranges its kind lives.
package struct SensorKind: Sendable {
  /// The part of the name between `plant/` and the number.
  let name: String
  /// Where the level of such a sensor lies, in its unit.
  let level: ClosedRange<Double>
  /// Half the height of the daily rhythm, as a share of the level.
  let rhythm: ClosedRange<Double>
  /// The standard deviation of the noise, as a share of the rhythm.
  let noise: ClosedRange<Double>
  /// How much of one event's noise is still there at the next one, 0 ..< 1.
  let persistence: ClosedRange<Double>
  /// The probability that such a sensor reports in coarse steps.
  let coarse: Double
  /// The probability that the rhythm is weaker on Saturdays and Sundays.
  let weekly: Double

  /// The kinds in the order in which sensors take turns.
  static let all: [SensorKind] = [
    SensorKind(
      name: "temp", level: 20...90, rhythm: 0.05...0.12, noise: 0.10...0.25,
      persistence: 0.6...0.9, coarse: 0.3, weekly: 0.1),
    SensorKind(
      name: "pressure", level: 2...12, rhythm: 0.02...0.06, noise: 0.25...0.5,
      persistence: 0.2...0.6, coarse: 0.2, weekly: 0.1),
    SensorKind(
      name: "flow", level: 20...250, rhythm: 0.06...0.14, noise: 0.15...0.4,
      persistence: 0.3...0.7, coarse: 0.2, weekly: 0.2),
    SensorKind(
      name: "vibration", level: 1...6, rhythm: 0.04...0.10, noise: 0.5...0.9,
      persistence: 0...0.3, coarse: 0, weekly: 0.1),
    SensorKind(
      name: "level", level: 30...80, rhythm: 0.05...0.12, noise: 0.08...0.2,
      persistence: 0.7...0.9, coarse: 0.4, weekly: 0),
    SensorKind(
      name: "power", level: 40...400, rhythm: 0.08...0.14, noise: 0.15...0.35,
      persistence: 0.3...0.7, coarse: 0.1, weekly: 0.3),
    SensorKind(
      name: "humidity", level: 35...65, rhythm: 0.05...0.12, noise: 0.1...0.25,
      persistence: 0.6...0.9, coarse: 0.3, weekly: 0),
    SensorKind(
      name: "current", level: 5...60, rhythm: 0.06...0.12, noise: 0.2...0.4,
      persistence: 0.2...0.6, coarse: 0.2, weekly: 0.2),
  ]
}
