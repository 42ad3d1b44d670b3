internal import CRdKafka
public import Pipeline

extension KafkaLink: Sink {
  public func bytesMax(of output: Output) -> Int {
    place(of: output).map { producer.bytesMax(of: $0) } ?? Int.max
  }

  public mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) throws(PipelineError) {
    guard let place = place(of: output) else { return }
    do throws(KafkaError) {
      try producer.append(
        to: place, partition: source.partition, key: key, value: value, headers: headers,
        timestamp: timestamp)
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func commit(_ offsets: [CommittedOffset]) throws(PipelineError) -> CommitOutcome {
    let list = PartitionList()
    for offset in offsets {
      list.add(
        topic: consumer.topics[Int(offset.partition.topic)], partition: offset.partition.partition,
        offset: offset.offset, metadata: offset.metadata)
    }
    do throws(KafkaError) {
      switch guarantee {
      case .exactlyOnce:
        return try producer.commitTransaction(list, of: consumer)
      case .atLeastOnce:
        guard case .committed = try producer.flush() else { return .aborted }
        guard list.count > 0 else { return .committed }
        guard case .committed = try consumer.commit(list) else { return .aborted }
        producer.countCommit()
        return .committed
      }
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func abort() throws(PipelineError) {
    do throws(KafkaError) {
      try producer.abort()
    } catch {
      throw error.pipelineError
    }
  }
}

extension Consumer {
  /// Commits offsets and waits for the answer; `.aborted` where the group has moved on.
  func commit(_ offsets: borrowing PartitionList) throws(KafkaError) -> CommitOutcome {
    while true {
      let response = unsafe rd_kafka_commit(client.pointer, offsets.pointer, 0)
      guard let error = KafkaError(response, "offset commit") else { return .committed }
      switch error.code {
      case .retriable:
        client.callbacks.log(4, "\(client.explained(error)); asking again")
        try client.checkFatal()
        pause(.milliseconds(100))
      case .abortable:
        client.callbacks.log(4, error.description)
        return .aborted
      default:
        throw error
      }
    }
  }
}

extension Producer {
  /// Records that wait to be delivered.
  package var queuedRecords: Int { unsafe Int(rd_kafka_outq_len(client.pointer)) }
}
