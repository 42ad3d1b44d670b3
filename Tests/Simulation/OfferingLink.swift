import Pipeline

/// A source that gives one partition whose offsets do not fit the log.
struct OfferingLink: Source, Sink, ~Copyable {
  let committed: Int64?
  let logStart: Int64
  let logEnd: Int64
  var metadata = ""
  var partitionCount: Int32?

  mutating func poll(timeout: Duration) -> SourceEvent {
    let partition = TopicPartition(topic: 0, partition: 0)
    return .assigned([
      PartitionOffer(
        partition: partition, committed: committed, metadata: metadata, logStart: logStart,
        logEnd: logEnd, partitionCount: partitionCount)
    ])
  }

  @_lifetime(borrow self)
  func record(at index: Int) -> Record {
    Record(
      partition: TopicPartition(topic: 0, partition: 0), offset: 0, timestamp: 0, key: nil,
      value: nil)
  }

  func headers(ofRecordAt index: Int) -> [Header] { [] }
  mutating func assign(_ starts: [PartitionStart]) {}
  mutating func unassign() {}
  func bytesMax(of output: Output) -> Int { 1_000_000 }

  mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) {}

  mutating func commit(_ offsets: [CommittedOffset]) {}
  mutating func outcome(waits: Bool) -> CommitOutcome? { .committed }
  mutating func abort() {}
}
