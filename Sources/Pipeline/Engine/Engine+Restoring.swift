internal import SPN

/// Partitions begin with the models that were saved, or with none.
extension Engine where Link: ~Copyable {
  /// Models that are loaded between two polls, so that the group does not give the member up.
  private static var loadCount: Int { 4096 }

  /// A partition as it begins: with its saved models, or to be learned from the log.
  func begin(_ offer: PartitionOffer, manifest: Manifest?) throws(PipelineError) -> Partition {
    let rule = BeginningRule(
      offer: offer, manifest: manifest, origin: origin(of: offer.partition),
      kind: processor.kind,
      policy: definition.state.onMismatch)
    let beginning = try rule.decide()
    if let note = beginning.note { log.warning("\(name(offer.partition)): \(note)") }
    var offer = offer
    // An offset of a log that is no more stands for nothing.
    if let committed = offer.committed, committed > offer.logEnd { offer.committed = nil }
    let partition = Partition(
      offer, from: beginning.position, lineage: beginning.lineage, pool: pool,
      groups: makeGroups())
    partition.revision = max(manifest?.revision ?? 0, partition.committedRevision)
    if beginning.usesSaved {
      partition.saving.isLoading = true
      partition.saving.toLoad = try store?.count(offer.partition) ?? 0
      partition.saving.watermark = beginning.position
      partition.saving.isLogging =
        hasChangelog && (partition.saving.logged ?? -1) < beginning.position
    } else if manifest != nil {
      try store?.clear(offer.partition)
    }
    return partition
  }

  /// Loads some of the models that are still in the store, and reads on when all are here.
  ///
  /// All are looked at, but only as many stay as memory holds.
  mutating func loadSome() throws(PipelineError) {
    guard isAssigned, let store, let partition = partitions.first(where: \.isToLoad) else { return }
    var logged = slice(of: partition, count: 0)
    var reset: Int64 = 0
    let (layout, kind, pool) = (processor.layout, processor.kind, pool)
    var place = partition.saving.loadedTo
    let lent = try store.load(partition.id, after: &place, count: Self.loadCount) { key, form in
      if partition.saving.isLogging { logged.append(form: form, key: key) }
      if partition.groups != nil, Groups.isBoard(key) {
        // Comes with the first event of its group.
        partition.saving.hasOthers = true
        return
      }
      guard pool.count < pool.countKept else {
        partition.saving.hasOthers = true
        return partition.watch(form, key: key, kind: kind, layout: layout, pool: pool)
      }
      let stream = partition.streams.stream(for: key).stream
      let isSound = partition.admit(
        form, as: stream, at: partition.position, kind: kind, layout: layout)
      reset += isSound ? 0 : 1
      partition.watch(unsafe StreamBlock(partition.streams.block(of: stream), layout: layout), key)
    }
    partition.saving.loadedTo = place
    noteReset(reset, of: partition)
    try appendModels(of: logged, partition)
    partition.saving.toLoad = max(0, partition.saving.toLoad - lent)
    committedCounters.loadedStreams += Int64(lent)
    guard lent < Self.loadCount else { return }
    partition.saving.isLoading = false
    partition.saving.toLoad = 0
    committedCounters.restoredStreams += Int64(partition.streams.count)
    guard !partitions.contains(where: \.isToLoad) else { return }
    log.info(
      "\(definition.pipeline): \(committedCounters.restoredStreams) models loaded since the start")
    try assignLoaded()
  }

  /// Reads all partitions whose models are here.
  mutating func assignLoaded() throws(PipelineError) {
    isWaiting = isBlocked
    guard !isBlocked else { return try link.assign([]) }
    try link.assign(
      partitions.filter { !$0.saving.isLoading }.map {
        PartitionStart(partition: $0.id, offset: $0.position)
      })
  }

  /// Says that saved models could not be used.
  mutating func noteReset(_ count: Int64, of partition: Partition) {
    guard count > 0 else { return }
    committedCounters.resetStreams += count
    log.error(
      "\(name(partition.id)): \(count) saved models are damaged or of an unknown version; their "
        + "streams begin anew")
  }

  /// Where a partition's models belong.
  func origin(of id: TopicPartition) -> Origin {
    Origin(
      cluster: link.cluster, topic: definition.input.topics[Int(id.topic)], partition: id.partition,
      group: definition.group)
  }
}
