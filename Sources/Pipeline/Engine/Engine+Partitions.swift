/// Partitions come and go.
extension Engine where Link: ~Copyable {
  /// How long a revocation may take to save models.
  private static var saveLimit: Duration { .seconds(2) }

  /// Takes the partitions that the group gave, and reads each from where its models end.
  ///
  /// Models kept from before, or saved, are caught up to the committed offset in silence; a
  /// partition without models is learned from the start of the log in silence, so that what is
  /// spoken from the committed offset on is what one undisturbed run says.
  mutating func assign(_ offers: [PartitionOffer]) throws(PipelineError) {
    try settleSaves(waits: true)
    try noteGrowth(offers)
    let kept = partitions
    var adopted: [Partition] = []
    for offer in offers {
      adopted.append(try adopt(offer, from: kept.first { $0.id == offer.partition }))
    }
    partitions = adopted
    isAssigned = true
    committedCounters.assignments += 1
    try assignFilling()
    try assignLoaded()
    log.info(
      "\(definition.pipeline): has \(adopted.count) partitions: \(list(adopted) { $0.speaksFrom })")
  }

  /// Gives all partitions back: commits first, or drops what was not committed if they are already
  /// another's.
  mutating func revoke(lost: Bool) throws(PipelineError) {
    if lost {
      committedCounters.losses += 1
      try abandon()
    } else {
      committedCounters.revocations += 1
      try commitAll()
      try saveAll(within: Self.saveLimit)
    }
    isAssigned = false
    try assignFilling()
    try link.unassign()
  }

  /// Goes back to the last committed state after a failed transaction.
  ///
  /// Models cannot be unlearned: those that learned uncommitted records are dropped, and those that
  /// were saved take their place.
  mutating func rollBack() throws(PipelineError) {
    discardOpenCounters()
    log.warning(
      "\(definition.pipeline): a transaction was aborted; goes back to what was committed: "
        + "\(committedPlaces(partitions.filter(\.isUncommitted)))")
    try settleSaves(waits: true)
    var restored: [Partition] = []
    for partition in partitions {
      restored.append(partition.isUncommitted ? try begin(again: partition) : partition)
    }
    partitions = restored
    try assignLoaded()
  }

  private mutating func abandon() throws(PipelineError) {
    log.warning(
      "\(definition.pipeline): the group took partitions without asking: "
        + "\(committedPlaces(partitions))")
    // The commit that is under way may have come in time.
    try settle(waits: true)
    try link.abort()
    discardOpenCounters()
    partitions.removeAll(where: \.isUncommitted)
  }

  private func adopt(
    _ offer: PartitionOffer, from kept: Partition?
  ) throws(PipelineError) -> Partition {
    let manifest = try store?.open(offer.partition)
    let committed = offer.committed ?? offer.logStart
    // What another has saved since is further than what is in memory.
    let isLatest =
      manifest.map { $0.watermark == kept?.saving.watermark && $0.revision == kept?.revision }
      ?? true
    let revision = OffsetMetadata(text: offer.metadata)?.revision ?? 0
    guard let kept, isLatest, kept.revision >= revision, kept.position <= committed,
      kept.hasLineage(of: offer),
      !kept.saving.isForfeit, !kept.saving.isLoading, kept.position >= offer.logStart
    else {
      if needsFilling(offer, manifest: manifest), let filling = try beginFilling(offer) {
        return filling
      }
      return try begin(offer, manifest: manifest)
    }
    kept.take(offer)
    return kept
  }

  private func begin(again old: Partition) throws(PipelineError) -> Partition {
    try begin(old.offer, manifest: store?.reload(old.id))
  }

  /// Says that input topics have other numbers of partitions than when the group committed last;
  /// whoever is given a topic's first partition does.
  private mutating func noteGrowth(_ offers: [PartitionOffer]) throws(PipelineError) {
    for offer in offers where offer.partition.partition == 0 {
      let topic = definition.input.topics[Int(offer.partition.topic)]
      guard let count = offer.partitionCount,
        let known = OffsetMetadata(text: offer.metadata)?.partitions, count != known
      else { continue }
      guard count > known else {
        guard definition.state.onMismatch == .stop else { continue }
        throw PipelineError(
          code: .outOfRange, subject: "topic \(topic)",
          reason: "had \(known) partitions and has \(count): it was made anew. Set the group's "
            + "offsets with kafka-consumer-groups --reset-offsets, or set state.on-mismatch",
          place: RecordPlace(topic: topic))
      }
      committedCounters.addedPartitions += Int64(count - known)
      log.warning(
        "\(RecordPlace(topic: topic)): has grown from \(known) to \(count) partitions: streams whose records go to "
          + "another one from now on are learned anew there")
    }
  }

  /// A partition as messages name it.
  func name(_ id: TopicPartition) -> RecordPlace {
    RecordPlace(topic: definition.input.topics[Int(id.topic)], partition: id.partition)
  }

  /// Partitions with the offsets that were committed.
  private func committedPlaces(_ partitions: [Partition]) -> LogMessage {
    list(partitions) { $0.committed }
  }

  private func list(
    _ partitions: [Partition], _ offset: (Partition) -> Int64?
  ) -> LogMessage {
    partitions.map { partition in
      var place = name(partition.id)
      place.offset = offset(partition)
      return place
    }.reduce("") { $0.text.isEmpty ? "\($1)" : "\($0) \($1)" }
  }
}
