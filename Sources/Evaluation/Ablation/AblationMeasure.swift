/// One measure of a network, stream by stream, so that two networks can be compared on the same
/// streams.
struct AblationMeasure: Sendable {
  let column: Table.Column
  /// Whether more is better.
  let isScore: Bool
  let scale: Double
  /// Each stream's share of the measure: scale · Σ amounts / Σ weights.
  let amounts: [Double]
  let weights: [Double]

  /// The measure itself.
  var value: Double { scale * amounts.reduce(0, +) / weights.reduce(0, +) }

  /// How another network differs.
  func difference(to other: AblationMeasure) -> PairedDifference {
    PairedDifference(
      zip(other.amounts, amounts).map { $0 - $1 }, weights: weights, scale: scale)
  }

  /// Whether a difference from the whole network to this one says that what was taken away had
  /// helped.
  func isLoss(_ difference: PairedDifference) -> Bool {
    isScore ? difference.isBelowZero : difference.isAboveZero
  }
}
