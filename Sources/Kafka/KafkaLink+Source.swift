public import Pipeline

extension KafkaLink: Source {
  public mutating func poll(timeout: Duration) throws(PipelineError) -> SourceEvent {
    // Reports of deliveries and errors are made only when asked for; a commit asks, too.
    if !committer.isBusy { committer.producer.client.serve() }
    do throws(KafkaError) {
      let event = try consumer.poll(timeout: timeout)
      if case .assigned(let offers) = event {
        try changelogs.checkRoom(for: offers)
      }
      return event
    } catch {
      throw error.pipelineError
    }
  }

  @_lifetime(borrow self)
  public func record(at index: Int) -> Record { consumer.record(at: index) }

  public func headers(ofRecordAt index: Int) -> [Header] {
    consumer.headers(ofRecordAt: index)
  }

  public mutating func assign(_ starts: [PartitionStart]) throws(PipelineError) {
    do throws(KafkaError) {
      try consumer.assign(starts)
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func assignChangelogs(_ partitions: [TopicPartition]) throws(PipelineError) {
    do throws(KafkaError) {
      try changelogs.assign(partitions)
    } catch {
      throw error.pipelineError
    }
  }

  public mutating func readChangelogs(
    _ body: (borrowing Record, [Header]) -> Void
  ) throws(PipelineError) {
    do throws(KafkaError) {
      try changelogs.read(body)
    } catch {
      throw error.pipelineError
    }
  }

  public var openTransactionMax: Duration { changelogs.openTransactionMax }

  public func isChangelogAtEnd(_ partition: TopicPartition) -> Bool {
    changelogs.isAtEnd(partition)
  }

  public mutating func unassign() throws(PipelineError) {
    do throws(KafkaError) {
      try consumer.unassign()
    } catch {
      throw error.pipelineError
    }
  }
}

extension KafkaLink {
  public func lag(of partition: TopicPartition, from position: Int64) -> Int64? {
    consumer.lag(of: partition, from: position)
  }

  public var report: LinkReport {
    let counters = counters
    var report = LinkReport()
    report.recordsRead = counters.recordsRead
    report.bytesRead = counters.bytesRead
    report.recordsWritten = counters.recordsWritten
    report.bytesWritten = counters.bytesWritten
    report.assignments = counters.assignments
    report.deliveryFailures = counters.deliveryFailures
    report.receivingErrors = consumer.client.callbacks.errors
    report.receivingQueue = Int64(consumer.queuedRecords)
    report.sendingErrors = production.errors
    report.sendingQueue = production.queued + Int64(outbox.count)
    return report
  }
}
