/// What is saved goes to the changelog first, in the transaction that commits the offsets: whoever
/// is given the partition next finds there what the store has here, and a store is never ahead.
///
/// A record of the changelog is one model or, after the models that it stands for, the manifest. A
/// header names the lineage, so that what another past has left is never taken for this one's.
extension Engine where Link: ~Copyable {
  /// Whether something for the changelog waits that no record's commit will take along soon.
  var hasToLog: Bool {
    guard hasChangelog, isAssigned else { return false }
    let now = clock.monotonicNanoseconds()
    return partitions.contains {
      $0.saving.isLogging || !$0.isDirty && $0.isSaveDue(at: now)
    }
  }

  /// Adds what was copied to the transaction that is about to be committed.
  ///
  /// What the changelog had before this worker was given the partition is left out: it has the same
  /// models, or later ones, unless an operator changed some.
  mutating func logCopied() throws(PipelineError) {
    guard hasChangelog else { return }
    for partition in partitions {
      guard let slice = partition.saving.copied else { continue }
      let logged = partition.saving.logged ?? -1
      let isRevised = slice.manifest.revision > partition.committedRevision
      try appendModels(of: slice, partition) {
        isRevised || SavedModel.lastOffset(of: $0) >= logged
      }
      guard isRevised || slice.manifest.watermark > logged else { continue }
      try link.appendToChangelog(
        of: partition.id, key: ChangelogKey.manifest.span,
        value: Array(slice.manifest.text.utf8).span, headers: ChangelogKey.headers(slice.manifest))
    }
  }

  /// Adds the models of a slice to the open transaction.
  mutating func appendModels(
    of slice: Slice, _ partition: Partition, where isWanted: (Span<UInt8>) -> Bool = { _ in true }
  ) throws(PipelineError) {
    let headers = ChangelogKey.headers(slice.manifest)
    for index in 0..<slice.count where isWanted(slice.form(at: index)) {
      try link.appendToChangelog(
        of: partition.id, key: ChangelogKey.model(slice.key(at: index)).span,
        value: slice.form(at: index), headers: headers)
    }
  }

  /// The text that is to be committed with a partition's offset.
  func metadata(of partition: Partition) -> String {
    var metadata = OffsetMetadata(lineage: partition.lineage)
    metadata.partitions = partition.topicCount
    metadata.revision = partition.revision
    if partition.progress < partition.speaksFrom { metadata.speaks = partition.speaksFrom }
    if hasChangelog {
      metadata.logged = partition.saving.logged
      if let slice = partition.saving.copied {
        metadata.logged = max(metadata.logged ?? -1, slice.manifest.watermark)
      }
    }
    return metadata.text
  }
}

/// The keys and headers of a changelog's records.
enum ChangelogKey {
  static let manifest: [UInt8] = [0]
  private static let lineage = Array("lineage".utf8)

  /// The key of a stream's model.
  static func model(_ key: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = [1]
    bytes.reserveCapacity(1 + key.count)
    for index in key.indices { bytes.append(key[index]) }
    return bytes
  }

  static func headers(_ manifest: Manifest) -> [Header] {
    [Header(name: lineage, value: Array(manifest.lineage.text.utf8))]
  }

  /// Whether a record is of a lineage.
  static func isOf(_ lineage: Lineage, _ headers: [Header]) -> Bool {
    headers.contains { $0.name == self.lineage && $0.value == Array(lineage.text.utf8) }
  }
}
