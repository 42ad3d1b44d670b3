/// How many digits of a number mean something; the others are not told.
///
/// A ten-thousandth of an interval is below what it claims, and near what the network's single
/// precision resolves. The digits that stay are quick to write and short to send.
struct Precision {
  /// Multiples of one part in so many are told: a power of ten, or infinity for all digits.
  let parts: Double

  /// Scores and shares, 0…1.
  static let score = Precision(parts: 1e6)
  /// Normal scores, −2…3.
  static let surprise = Precision(parts: 1e4)

  private init(parts: Double) { self.parts = parts }

  /// The precision of what lies in an interval of this width: a ten-thousandth of it, or the power
  /// of ten below. An interval without width, or without end, leaves all digits.
  init(width: Double) {
    let limit = 1e4 / width
    var parts = limit > 0 && limit < .infinity ? 1.0 : .infinity
    while parts < limit { parts *= 10 }
    self.init(parts: parts)
  }

  /// The number without what is below the precision.
  @inline(__always)
  func round<Number: BinaryFloatingPoint>(_ number: Number) -> Number {
    let units = (number * Number(parts)).rounded()
    // Also false where there is no such number.
    guard units.magnitude < 1 / Number.ulpOfOne else { return number }
    return units / Number(parts)
  }
}
