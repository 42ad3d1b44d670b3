internal import SPN

extension Definition {
  /// A hash of what makes a record an event: the stream's fields, the time and the channels; and
  /// of what a stream hears beside it, its group's fields.
  ///
  /// Models that learned other events cannot go on; every other setting may change under them.
  package var eventHash: UInt64 {
    let time = input.time
    let names = input.stream.map(\.text).joined(separator: "\n")
    let channels = input.values.map { "\($0.name)=\($0.pointer.text)" }.joined(separator: "\n")
    let group = input.group.isEmpty ? "" : "\ngroup\n\(input.group.count)"
    let text =
      "stream\n\(names)\ntime\n\(time.path?.text ?? "record")\n\(time.unit.rawValue)\n"
      + "\(time.zone)\nvalues\n\(channels)" + group
    return hashBytes(Array(text.utf8).span)
  }

  /// The network that learns the definition's streams.
  var network: Network {
    model.network(channels: input.values.count, isGrouped: !input.group.isEmpty)
  }

  /// What all that is saved by the definition in blocks of this size has in common.
  func savedKind(blockByteCount: Int) -> SavedModel.Kind {
    SavedModel.Kind(
      numerics: Network.numericsVersion, definition: eventHash, blockByteCount: blockByteCount,
      oldestNumerics: SavedModel.oldestNumerics)
  }
}
