public import Pipeline

/// Results go straight to the producer, or, while a commit is under way, into the outbox.
extension KafkaLink: Sink {
  public func bytesMax(of output: Output) -> Int {
    place(of: output).map { bytesMax[$0] } ?? Int.max
  }

  public mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) throws(PipelineError) {
    guard let place = place(of: output) else { return }
    try append(
      to: place, partition: source.partition, key: key, value: value, headers: headers,
      timestamp: timestamp)
  }

  public mutating func appendToChangelog(
    of partition: TopicPartition, key: Span<UInt8>, value: Span<UInt8>?, headers: [Header]
  ) throws(PipelineError) {
    // The time is the producer's own, since the broker's settings count from it.
    try append(
      to: changelogs.place(of: partition), partition: partition.partition, key: key, value: value,
      headers: headers, timestamp: 0)
  }

  private mutating func append(
    to place: Int, partition: Int32, key: Span<UInt8>?, value: Span<UInt8>?, headers: [Header],
    timestamp: Int64
  ) throws(PipelineError) {
    do throws(KafkaError) {
      let count = (key?.count ?? 0) + (value?.count ?? 0)
      if committer.isBusy, outbox.isFull(adding: count) { try settle(waits: true) }
      if committer.isBusy {
        outbox.append(
          to: place, partition: partition, key: key, value: value, headers: headers,
          timestamp: timestamp)
      } else if settled != .aborted {
        try committer.producer.append(
          to: place, partition: partition, key: key, value: value, headers: headers,
          timestamp: timestamp)
      }
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func commit(_ offsets: [CommittedOffset]) throws(PipelineError) {
    let list = PartitionList()
    for offset in offsets {
      list.add(
        topic: consumer.topics[Int(offset.partition.topic)], partition: offset.partition.partition,
        offset: offset.offset, metadata: offset.metadata)
    }
    committer.begin(PendingCommit(list, guarantee, of: consumer))
  }

  public mutating func outcome(waits: Bool) throws(PipelineError) -> CommitOutcome? {
    do throws(KafkaError) {
      try settle(waits: waits)
      return settled.take()
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func abort() throws(PipelineError) {
    do throws(KafkaError) {
      try committer.producer.abort()
    } catch {
      throw error.pipelineError
    }
  }

  /// Takes the outcome of the commit that is under way, if it is known or is to be waited for, and
  /// lets the outbox follow it.
  mutating func settle(waits: Bool) throws(KafkaError) {
    guard let outcome = try committer.outcome(waits: waits) else { return }
    settled = outcome
    produced = committer.producer.report
    learnLimits()
    switch outcome {
    case .committed: try outbox.empty(into: &committer.producer)
    case .aborted: outbox.removeAll()
    }
  }
}
