import Pipeline

/// An endless source of events and a sink that keeps results until they are committed, both in
/// memory: what remains of the daemon without Kafka.
///
/// The time that making the events takes is counted, to be taken off.
struct MemoryLink: Source, Sink, ~Copyable {
  /// Records of one poll, as of a Kafka link.
  static let batch = 1000

  private var events: BenchEvents
  private var bytes = ByteBuffer(capacity: 1 << 18)
  private var keyEnds: [Int] = []
  private var valueEnds: [Int] = []
  private var isAssigned = false
  private var isPending = false
  private var results = ByteBuffer(capacity: 1 << 22)
  /// Bytes of results so far, and nanoseconds of CPU that making the events took.
  private(set) var resultBytes = 0
  private(set) var sourceNanoseconds: UInt64 = 0

  /// What was committed last.
  private(set) var committed: CommittedOffset?
  private let isEnded: Bool

  /// - Parameter committed: where a group left off; then there are no more events.
  init(streams: Int, committed: CommittedOffset? = nil) {
    events = BenchEvents(streams: streams)
    self.committed = committed
    isEnded = committed != nil
  }

  mutating func poll(timeout: Duration) -> SourceEvent {
    guard isAssigned else {
      let partition = TopicPartition(topic: 0, partition: 0)
      return .assigned([
        PartitionOffer(
          partition: partition, committed: committed?.offset, metadata: committed?.metadata ?? "",
          logStart: 0, logEnd: committed?.offset ?? 0)
      ])
    }
    guard !isEnded else { return .records(0) }
    let start = ResourceUsage.threadNanoseconds()
    bytes.removeAll()
    keyEnds.removeAll(keepingCapacity: true)
    valueEnds.removeAll(keepingCapacity: true)
    for _ in 0..<Self.batch {
      events.advance()
      bytes.append(events.key)
      keyEnds.append(bytes.count)
      bytes.append(events.value)
      valueEnds.append(bytes.count)
    }
    sourceNanoseconds += ResourceUsage.threadNanoseconds() - start
    return .records(Self.batch)
  }

  @_lifetime(borrow self)
  func record(at index: Int) -> Record {
    let start = index == 0 ? 0 : valueEnds[index - 1]
    return Record(
      partition: TopicPartition(topic: 0, partition: 0),
      offset: Int64(events.count - valueEnds.count + index), timestamp: 1_800_000_000_000,
      key: bytes.bytes.extracting(start..<keyEnds[index]),
      value: bytes.bytes.extracting(keyEnds[index]..<valueEnds[index]))
  }

  func headers(ofRecordAt index: Int) -> [Header] { [] }

  mutating func assign(_ starts: [PartitionStart]) { isAssigned = true }

  mutating func unassign() {}

  func bytesMax(of output: Output) -> Int { 1_000_000 }

  mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) {
    let before = results.count
    if let key { results.append(key) }
    if let value { results.append(value) }
    resultBytes += results.count - before
  }

  mutating func commit(_ offsets: [CommittedOffset]) {
    results.removeAll()
    isPending = true
    committed = offsets.last ?? committed
  }

  mutating func outcome(waits: Bool) -> CommitOutcome? {
    defer { isPending = false }
    return isPending ? .committed : nil
  }

  mutating func abort() {}
}
