internal import CRdKafka
internal import Pipeline

/// A commit that is under way, with all of the consumer that it needs: it may run on another thread
/// while the consumer polls, which must outlive it.
@safe struct PendingCommit: ~Copyable {
  private let guarantee: KafkaLink.Guarantee
  private let offsets: PartitionList
  private let group: GroupMetadata
  private let consumer: OpaquePointer
  private let queue: OpaquePointer?
  private let log: Log

  /// Gathers what commits the offsets for the consumer's group as it is now.
  init(
    _ offsets: consuming PartitionList, _ guarantee: KafkaLink.Guarantee,
    of consumer: borrowing Consumer
  ) {
    self.offsets = offsets
    self.guarantee = guarantee
    group = GroupMetadata(of: consumer)
    log = consumer.client.callbacks.log
    unsafe self.consumer = consumer.client.pointer
    unsafe queue = rd_kafka_queue_get_consumer(consumer.client.pointer)
  }

  deinit {
    if let queue = unsafe queue { unsafe rd_kafka_queue_destroy(queue) }
  }

  /// Does it, and waits until the outcome is known.
  func run(with producer: inout Producer) throws(KafkaError) -> CommitOutcome {
    switch guarantee {
    case .exactlyOnce:
      return try producer.commitTransaction(offsets, of: group)
    case .atLeastOnce:
      guard case .committed = try producer.flush() else { return .aborted }
      guard case .committed = try commitOffsets() else { return .aborted }
      producer.countCommit()
      return .committed
    }
  }

  /// Ends the consumer's poll, or its next one, before its time.
  func wake() {
    if let queue = unsafe queue { unsafe rd_kafka_queue_yield(queue) }
  }

  /// Commits the offsets alone and waits for the answer; `.aborted` where the group has moved on.
  private func commitOffsets() throws(KafkaError) -> CommitOutcome {
    guard offsets.count > 0 else { return .committed }
    while true {
      let response = unsafe rd_kafka_commit(consumer, offsets.pointer, 0)
      guard let error = KafkaError(response, "offset commit") else { return .committed }
      log(4, "\(error)")
      switch error.code {
      case .retriable: pause(.milliseconds(100))
      case .abortable: return .aborted
      default: throw unsafe KafkaError.fatal(consumer, error.subject) ?? error
      }
    }
  }
}

/// A consumer's place in its group as it was when this was made, by which a transaction's offsets
/// are fenced.
@safe package struct GroupMetadata: ~Copyable {
  /// In librdkafka's terms; nil where the consumer is in no group.
  let pointer: OpaquePointer?

  package init(of consumer: borrowing Consumer) {
    unsafe pointer = rd_kafka_consumer_group_metadata(consumer.client.pointer)
  }

  deinit {
    if let pointer = unsafe pointer { unsafe rd_kafka_consumer_group_metadata_destroy(pointer) }
  }
}
