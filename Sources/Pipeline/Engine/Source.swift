/// Where records come from: Kafka, a file, or the simulation's log.
///
/// A source is driven by one thread. It lends records in batches and says, between batches, which
/// partitions come and go.
public protocol Source: ~Copyable {
  /// The id of the cluster that the records come from; empty where it has none.
  var cluster: String { get }

  /// Waits at most `timeout` for the next thing to happen.
  ///
  /// Records lent before are invalid after the call. A rebalance ends a batch early: the records
  /// polled before it are returned first and the rebalance by the call after.
  mutating func poll(timeout: Duration) throws(PipelineError) -> SourceEvent

  /// The record at `index` of the batch that the last poll returned.
  @_lifetime(borrow self)
  func record(at index: Int) -> Record

  /// The headers of that record, copied; for dead letters only.
  func headers(ofRecordAt index: Int) -> [Header]

  /// Reads these partitions, and no others, from these offsets: the answer to `.assigned` and the
  /// way to rewind.
  mutating func assign(_ starts: [PartitionStart]) throws(PipelineError)

  /// Reads nothing any more: the answer to `.revoked`, after the commit.
  mutating func unassign() throws(PipelineError)

  /// Reads the changelogs of these partitions, and of no others, from their beginnings.
  mutating func assignChangelogs(_ partitions: [TopicPartition]) throws(PipelineError)

  /// Lends what has come of the changelogs that are read, committed records alone, without waiting.
  ///
  /// - Parameter body: takes a record, whose partition is that whose models it is about, and its
  ///   headers.
  mutating func readChangelogs(
    _ body: (borrowing Record, [Header]) -> Void
  ) throws(PipelineError)

  /// Whether a changelog was read to its end: by position, for the last offsets may be those of
  /// transactions' markers. More may follow where a transaction that was left open has ended.
  func isChangelogAtEnd(_ partition: TopicPartition) -> Bool

  /// The longest that a transaction which a dead member left open may hide what follows it.
  var openTransactionMax: Duration { get }

  /// The offsets from `position` to the end of a partition's log, as far as reading has told; nil
  /// where it has not. Costs no request.
  func lag(of partition: TopicPartition, from position: Int64) -> Int64?

  /// What was read and written so far.
  var report: LinkReport { get }
}

extension Source where Self: ~Copyable {
  public func lag(of partition: TopicPartition, from position: Int64) -> Int64? { nil }
  public var report: LinkReport { LinkReport() }
  public mutating func assignChangelogs(_ partitions: [TopicPartition]) throws(PipelineError) {}
  public mutating func readChangelogs(
    _ body: (borrowing Record, [Header]) -> Void
  ) throws(PipelineError) {}
  public func isChangelogAtEnd(_ partition: TopicPartition) -> Bool { true }
  public var openTransactionMax: Duration { .zero }
}

/// What a poll found.
public enum SourceEvent: Equatable, Sendable {
  /// This many records, from 0 (the time-out passed) to the source's batch size.
  case records(Int)
  /// The group gave these partitions, all that this member now has; answer with `assign`.
  case assigned([PartitionOffer])
  /// The group takes all partitions back; commit (or, if `lost`, abort) and answer with `unassign`.
  case revoked(lost: Bool)
  /// The source has no more records and never will.
  case ended
}

/// A partition that the group gave to this member, and what the cluster knows of it.
public struct PartitionOffer: Equatable, Sendable {
  public var partition: TopicPartition
  /// The group's committed offset, the next one to speak about; nil where the group never
  /// committed.
  public var committed: Int64?
  /// The text committed with the offset, empty where there is none.
  public var metadata: String
  /// The first offset that the log still holds.
  public var logStart: Int64
  /// The offset after the last record in the log.
  public var logEnd: Int64
  /// Where a group begins that never committed, if it is to begin with history.
  public var bootstrap: Bootstrap?
  /// The partitions that the topic has; nil where that is not known.
  public var partitionCount: Int32?

  /// A new group's history: learned without a word, so that what is spoken afterwards is sound.
  public struct Bootstrap: Equatable, Sendable {
    /// The first offset to learn.
    public var first: Int64
    /// The first offset to speak about.
    public var speaks: Int64

    public init(first: Int64, speaks: Int64) {
      self.first = first
      self.speaks = speaks
    }
  }

  public init(
    partition: TopicPartition, committed: Int64?, metadata: String = "", logStart: Int64,
    logEnd: Int64, bootstrap: Bootstrap? = nil, partitionCount: Int32? = nil
  ) {
    self.partition = partition
    self.committed = committed
    self.metadata = metadata
    self.logStart = logStart
    self.logEnd = logEnd
    self.bootstrap = bootstrap
    self.partitionCount = partitionCount
  }
}

/// Where reading a partition starts.
public struct PartitionStart: Equatable, Sendable {
  public var partition: TopicPartition
  public var offset: Int64

  public init(partition: TopicPartition, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

extension Source where Self: ~Copyable {
  public var cluster: String { "" }
}
