internal import CRdKafka
package import Pipeline

extension Producer {
  /// Learns the producer's id and epoch; whoever had this transactional id before is fenced.
  static func startTransactions(_ client: borrowing Client) throws(KafkaError) {
    let deadline = ContinuousClock.now + startLimit
    while true {
      let result = unsafe rd_kafka_init_transactions(
        client.pointer, requestTimeout.milliseconds)
      guard let error = unsafe KafkaError(taking: result, "transactions") else { return }
      guard error.code == .retriable, ContinuousClock.now < deadline else {
        throw client.explained(error)
      }
      client.serve(timeout: .milliseconds(100))
    }
  }

  /// Opens the transaction at its first record or offset.
  mutating func begin() throws(KafkaError) {
    guard !isOpen else { return }
    if isTransactional {
      let result = unsafe rd_kafka_begin_transaction(client.pointer)
      if let error = unsafe KafkaError(taking: result, "transaction") { throw error }
    }
    isOpen = true
  }

  /// Makes what was appended visible together with the group's offsets, or nothing of it.
  ///
  /// An outcome that is unknown is asked for until it is known, and never answered with an abort.
  package mutating func commitTransaction(
    _ offsets: borrowing PartitionList, of group: borrowing GroupMetadata
  ) throws(KafkaError) -> CommitOutcome {
    guard isOpen || offsets.count > 0 else { return .committed }
    try begin()
    do throws(KafkaError) {
      try checkDeliveries()
      // Results are on their way while the offsets go.
      hasten(for: 1)
      if offsets.count > 0 { try sendOffsets(offsets, of: group) }
      hasten(for: Self.usualDeliveryMilliseconds)
      unsafe try untilKnown("commit") { client, timeout in
        unsafe rd_kafka_commit_transaction(client, timeout)
      }
    } catch {
      guard error.code == .abortable else { throw error }
      client.callbacks.log(4, "transaction aborted: \(error)")
      try abort()
      return .aborted
    }
    close()
    counters.commits &+= 1
    return .committed
  }

  /// Adds the offsets to the transaction, unless the group has moved on.
  private mutating func sendOffsets(
    _ offsets: borrowing PartitionList, of group: borrowing GroupMetadata
  ) throws(KafkaError) {
    guard let group = unsafe group.pointer else {
      throw KafkaError(code: .abortable, subject: "offsets", reason: "not a member of the group")
    }
    let list = unsafe offsets.pointer
    unsafe try untilKnown("offsets") { client, timeout in
      unsafe rd_kafka_send_offsets_to_transaction(client, list, group, timeout)
    }
  }

  /// Waits until everything appended is delivered; `.aborted` if anything could not be.
  package mutating func flush() throws(KafkaError) -> CommitOutcome {
    guard isOpen else { return .committed }
    hasten(for: Self.usualDeliveryMilliseconds)
    // Ends: what cannot be delivered fails after `message.timeout.ms`.
    while unsafe rd_kafka_flush(client.pointer, Self.requestTimeout.milliseconds)
      != RD_KAFKA_RESP_ERR_NO_ERROR
    {
      try client.checkFatal()
    }
    client.serve()
    do throws(KafkaError) {
      try checkDeliveries()
    } catch {
      client.callbacks.log(4, "results not delivered: \(error)")
      try abort()
      return .aborted
    }
    close()
    return .committed
  }

  /// Sends what lingers and waits until it is delivered, but not for longer than so many
  /// milliseconds.
  ///
  /// librdkafka looks every 10 milliseconds whether a flush is done, also in a commit; a flush of
  /// one millisecond looks when that is over.
  private func hasten(for milliseconds: Int) {
    for _ in 0..<milliseconds
    where unsafe rd_kafka_flush(client.pointer, 1) == RD_KAFKA_RESP_ERR_NO_ERROR { return }
  }

  /// Throws away what was appended since the last commit.
  ///
  /// Without transactions, what is on its way already may arrive.
  package mutating func abort() throws(KafkaError) {
    guard isOpen else { return }
    if isTransactional {
      unsafe try untilKnown("abort") { client, timeout in
        unsafe rd_kafka_abort_transaction(client, timeout)
      }
    } else {
      unsafe rd_kafka_purge(client.pointer, RD_KAFKA_PURGE_F_QUEUE)
      while unsafe rd_kafka_flush(client.pointer, Self.requestTimeout.milliseconds)
        != RD_KAFKA_RESP_ERR_NO_ERROR
      {
        try client.checkFatal()
      }
    }
    client.serve()
    close()
    counters.aborts &+= 1
  }

  /// Counts a commit that was made outside of a transaction.
  mutating func countCommit() {
    counters.commits &+= 1
  }

  /// Repeats a call of the transaction protocol until its outcome is known.
  private func untilKnown(
    _ step: String, _ call: (OpaquePointer, Int32) -> OpaquePointer?
  ) throws(KafkaError) {
    while true {
      let result = unsafe call(client.pointer, Self.requestTimeout.milliseconds)
      guard let error = unsafe KafkaError(taking: result, "transaction \(step)") else { return }
      guard error.code == .retriable else {
        throw unsafe KafkaError.fatal(client.pointer, error.subject) ?? error
      }
      client.callbacks.log(4, "\(error); asking again")
      client.serve(timeout: .milliseconds(100))
      try client.checkFatal()
    }
  }

  /// Throws, as reason to abort, what is known to have failed since the last commit.
  private func checkDeliveries() throws(KafkaError) {
    client.serve()
    try client.checkFatal()
    guard var error = doom ?? client.callbacks.firstFailure else { return }
    error.code = .abortable
    throw error
  }

  /// Forgets the transaction that ended.
  private mutating func close() {
    counters.deliveryFailures &+= UInt64(client.callbacks.deliveryFailures)
    client.callbacks.deliveryFailures = 0
    client.callbacks.firstFailure = nil
    doom = nil
    isOpen = false
  }
}
