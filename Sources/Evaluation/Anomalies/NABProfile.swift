/// What a found window, a missed one and a false alarm weigh.
package struct NABProfile: Sendable {
  package let name: String
  let found: Double
  let missed: Double
  let falseAlarm: Double

  /// The benchmark's default.
  package static let standard = NABProfile(
    name: "standard", found: 1, missed: 1, falseAlarm: 0.11)
  /// False alarms weigh twice as much.
  package static let lowFalsePositives = NABProfile(
    name: "low FP", found: 1, missed: 1, falseAlarm: 0.22)
  /// Missed windows weigh twice as much.
  package static let lowFalseNegatives = NABProfile(
    name: "low FN", found: 1, missed: 2, falseAlarm: 0.11)
}
