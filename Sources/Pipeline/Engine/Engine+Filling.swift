/// A store that lacks what the changelog has is filled from it, in slices between polls, so that
/// the group does not give the member up.
extension Engine where Link: ~Copyable {
  /// Whether a partition's models must come from the changelog, and up to which offset it has them.
  func needsFilling(_ offer: PartitionOffer, manifest: Manifest?) -> Bool {
    guard hasChangelog, let metadata = OffsetMetadata(text: offer.metadata),
      let logged = metadata.logged, metadata.lineage.definition == processor.kind.definition,
      metadata.lineage.numerics == processor.kind.numerics
    else { return false }
    guard let manifest, manifest.lineage == metadata.lineage else { return true }
    return manifest.watermark < logged || manifest.revision < metadata.revision
  }

  /// A partition whose store is to be filled; nothing is read of it until it is.
  func beginFilling(_ offer: PartitionOffer) throws(PipelineError) -> Partition? {
    guard let metadata = OffsetMetadata(text: offer.metadata), let logged = metadata.logged
    else { return nil }
    let partition = Partition(
      offer, from: offer.committed ?? offer.logStart, lineage: metadata.lineage, pool: pool,
      groups: makeGroups())
    partition.saving.isLoading = true
    partition.saving.filling = Filling(
      partition: offer.partition, logged: logged, lineage: metadata.lineage,
      origin: origin(of: offer.partition))
    try store?.clear(offer.partition)
    log.info("\(name(offer.partition)): fills its store from the changelog")
    return partition
  }

  /// Reads some more of the changelogs, and goes on with the partitions whose stores are filled.
  mutating func fillSome() throws(PipelineError) {
    let filling = partitions.filter(\.isFilling)
    // What was read is written before more is read.
    guard !filling.isEmpty, isAssigned, !isBlocked,
      filling.allSatisfy({ $0.saving.underWay == nil })
    else { return }
    try link.readChangelogs { record, headers in
      let id = record.partition
      filling.first { $0.id == id }?.saving.filling?.take(record, headers)
    }
    for partition in filling { try fill(partition) }
  }

  /// Reads the changelogs of the partitions whose stores are to be filled, and no others.
  mutating func assignFilling() throws(PipelineError) {
    guard hasChangelog else { return }
    try link.assignChangelogs(isAssigned ? partitions.filter(\.isFilling).map(\.id) : [])
  }

  private mutating func fill(_ partition: Partition) throws(PipelineError) {
    if let slice = partition.saving.filling?.takeSlice() {
      committedCounters.filledStreams += Int64(slice.count)
      return write(slice, of: partition)
    }
    guard link.isChangelogAtEnd(partition.id), let filling = partition.saving.filling
    else { return }
    guard let manifest = filling.manifest, manifest.watermark == filling.logged else {
      return try awaitRest(of: partition)
    }
    guard partition.saving.watermark == manifest.watermark else {
      return write(Slice(partition.id, manifest: manifest), of: partition)
    }
    log.info("\(name(partition.id)): \(filling.count) models read from the changelog")
    try endFilling(partition, manifest: store?.reload(partition.id))
  }

  /// Waits for what a changelog must have by the group's offset: a transaction that a dead member
  /// left open hides what follows it until it times out.
  private mutating func awaitRest(of partition: Partition) throws(PipelineError) {
    let now = clock.monotonicNanoseconds()
    let since = partition.saving.filling?.endedAt ?? now
    partition.saving.filling?.endedAt = since
    guard now &- since > UInt64(link.openTransactionMax / .nanoseconds(1)) else { return }
    log.error(
      "\(name(partition.id)): the changelog lacks what was committed to it: it was deleted or made "
        + "anew, or belongs to another group; its models are learned again")
    try endFilling(partition, manifest: nil)
  }

  private mutating func endFilling(
    _ partition: Partition, manifest: Manifest?
  ) throws(PipelineError) {
    guard let index = partitions.firstIndex(where: { $0 === partition }) else { return }
    let begun = try begin(partition.offer, manifest: manifest)
    partitions[index] = begun
    if !partitions.contains(where: \.isFilling) { try assignFilling() }
    if !begun.saving.isLoading { try assignLoaded() }
  }
}

extension Partition {
  /// Whether its store is being filled from the changelog.
  var isFilling: Bool { saving.filling != nil }

  /// The partition as it was given, as far as that is known.
  var offer: PartitionOffer {
    PartitionOffer(
      partition: id, committed: committed, metadata: metadata, logStart: logStart, logEnd: .max,
      bootstrap: bootstrap, partitionCount: topicCount)
  }
}

/// What was read of a partition's changelog.
struct Filling {
  /// The watermark that the changelog must have, by the group's offset.
  let logged: Int64
  /// Models that wait to be written.
  private var slice: Slice
  /// The manifest that was read last.
  private(set) var manifest: Manifest?
  /// Models read so far.
  private(set) var count = 0
  /// When the end was reached without the manifest.
  var endedAt: UInt64?
  private let lineage: Lineage
  private let unfinished: Manifest

  init(partition: TopicPartition, logged: Int64, lineage: Lineage, origin: Origin) {
    self.logged = logged
    self.lineage = lineage
    unfinished = Manifest(watermark: -1, committed: 0, lineage: .unfinished, origin: origin)
    slice = Slice(partition, manifest: unfinished)
  }

  /// Takes one record of the changelog: a model, the removal of one, or the manifest.
  mutating func take(_ record: borrowing Record, _ headers: [Header]) {
    guard let key = record.key, key.count > 0 else { return }
    guard let value = record.value else {
      return slice.append(form: Span(), key: key.extracting(droppingFirst: 1))
    }
    guard ChangelogKey.isOf(lineage, headers) else { return }
    if key[0] == ChangelogKey.manifest[0] {
      let text = String(decoding: value.indices.map { value[$0] }, as: UTF8.self)
      manifest = Manifest(text: text) ?? manifest
    } else {
      slice.append(form: value, key: key.extracting(droppingFirst: 1))
      count += 1
    }
  }

  /// The models that wait to be written, if there are any.
  mutating func takeSlice() -> Slice? {
    guard slice.count > 0 else { return nil }
    defer { slice = Slice(slice.partition, manifest: unfinished) }
    return slice
  }
}
