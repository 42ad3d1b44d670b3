/// Partitions come and go.
extension Engine where Link: ~Copyable {
  /// Takes the partitions that the group gave, and reads each from where its models end.
  ///
  /// Models kept from before are caught up to the committed offset in silence; a partition without
  /// models is learned from the start of the log in silence, so that what is spoken from the
  /// committed offset on is what one undisturbed run says.
  mutating func assign(_ offers: [PartitionOffer]) throws(PipelineError) {
    let kept = partitions
    var adopted: [Partition] = []
    for offer in offers {
      try check(offer)
      adopted.append(adopt(offer, from: kept.first { $0.id == offer.partition }))
    }
    partitions = adopted
    isAssigned = true
    try link.assign(adopted.map { PartitionStart(partition: $0.id, offset: $0.position) })
    log.info("\(definition.pipeline): has \(adopted.count) partitions: \(list(adopted))")
  }

  /// Gives all partitions back: commits first, or drops what was not committed if they are already
  /// another's.
  mutating func revoke(lost: Bool) throws(PipelineError) {
    if lost {
      try abandon()
    } else {
      try drain()
    }
    isAssigned = false
    try link.unassign()
  }

  /// Goes back to the last committed state after a failed transaction.
  ///
  /// Models cannot be unlearned: those that learned uncommitted records are dropped and learned
  /// again in silence.
  mutating func rollBack() throws(PipelineError) {
    discardOpenCounters()
    log.warning("\(definition.pipeline): a transaction was aborted; learning again from the log")
    partitions = partitions.map { $0.isDirty ? fresh($0) : $0 }
    try link.assign(partitions.map { PartitionStart(partition: $0.id, offset: $0.position) })
  }

  private mutating func abandon() throws(PipelineError) {
    log.warning("\(definition.pipeline): the group took the partitions without asking")
    // The commit that is under way may have come in time.
    try settle(waits: true)
    try link.abort()
    discardOpenCounters()
    partitions.removeAll(where: \.isDirty)
  }

  private func adopt(_ offer: PartitionOffer, from kept: Partition?) -> Partition {
    let committed = offer.committed ?? offer.logStart
    if let kept, kept.position <= committed {
      kept.committed = offer.committed
      kept.speaksFrom = committed
      kept.logStart = offer.logStart
      return kept
    }
    let partition = Partition(offer, blockByteCount: processor.layout.byteCount)
    if offer.logStart > 0, let committed = offer.committed, committed > offer.logStart {
      log.warning(
        "\(name(offer.partition)): relearning: the log starts at offset \(offer.logStart), so "
          + "models know only what came since; the group's offset is \(committed)")
    }
    return partition
  }

  private func fresh(_ old: Partition) -> Partition {
    let offer = PartitionOffer(
      partition: old.id, committed: old.committed, logStart: old.logStart, logEnd: .max)
    return Partition(offer, blockByteCount: processor.layout.byteCount)
  }

  private func check(_ offer: PartitionOffer) throws(PipelineError) {
    guard let committed = offer.committed else { return }
    if committed < offer.logStart {
      throw PipelineError(
        code: .outOfRange, subject: name(offer.partition),
        reason: "group \(definition.group) committed offset \(committed), but the log starts at "
          + "\(offer.logStart): records were deleted before they were read. To go on from there, "
          + "set the group's offset with kafka-consumer-groups --reset-offsets")
    }
    if committed > offer.logEnd {
      throw PipelineError(
        code: .outOfRange, subject: name(offer.partition),
        reason: "group \(definition.group) committed offset \(committed), but the log ends at "
          + "\(offer.logEnd): the topic was truncated or made anew. To read it from its start, "
          + "reset or delete the group's offsets")
    }
  }

  private func name(_ id: TopicPartition) -> String {
    "\(definition.input.topics[Int(id.topic)])[\(id.partition)]"
  }

  private func list(_ partitions: [Partition]) -> String {
    partitions.map { "\(name($0.id))@\($0.speaksFrom)" }.joined(separator: " ")
  }
}
