/// The text that is committed with a partition's offset: which models answered the records before
/// it, and how far the changelog has them.
///
/// The lineage's text comes first, then a name and a value each, a space apart; names that are not
/// known are left alone, so that a later version can add to them.
package struct OffsetMetadata: Equatable, Sendable {
  package var lineage: Lineage
  /// Every record below this offset is in the changelog's models; nil where there are none. In one
  /// transaction with the models, so that both hold or neither.
  package var logged: Int64?
  /// The first offset to speak about, while a new group learns its history.
  package var speaks: Int64?
  /// The partitions that the topic had; nil where that was not known.
  package var partitions: Int32?
  /// How often an operator has changed models of the partition: a store that knows of fewer changes
  /// is filled from the changelog.
  package var revision: Int64 = 0

  package init(lineage: Lineage, logged: Int64? = nil) {
    self.lineage = lineage
    self.logged = logged
  }

  /// Reads what `text` wrote; nil for the text of another program, or none.
  package init?(text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let first = parts.first, let lineage = Lineage(text: String(first)) else { return nil }
    self.init(lineage: lineage)
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { continue }
      switch pair[0] {
      case "logged": logged = Int64(pair[1])
      case "speaks": speaks = Int64(pair[1])
      case "partitions": partitions = Int32(pair[1])
      case "revision": revision = Int64(pair[1]) ?? 0
      default: break
      }
    }
  }

  package var text: String {
    lineage.text + (logged.map { " logged=\($0)" } ?? "")
      + (speaks.map { " speaks=\($0)" } ?? "") + (partitions.map { " partitions=\($0)" } ?? "")
      + (revision > 0 ? " revision=\(revision)" : "")
  }
}
