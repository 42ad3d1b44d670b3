/// The five kinds of results, each with a topic of its own.
public enum Output: Int, CaseIterable, Sendable {
  case predictions, anomalies, drift, health, deadLetters
}

/// Where results go: Kafka, a file, or the simulation's log.
///
/// What is appended between two commits becomes visible with the offsets of the second, all of it
/// or nothing (`exactly_once`), or at least before them (`at_least_once`).
public protocol Sink: ~Copyable {
  /// The most bytes that key, value and headers of one record of this output may have together.
  func bytesMax(of output: Output) -> Int

  /// Adds one record to the open transaction. The bytes are copied before it returns.
  ///
  /// Waits (and keeps serving delivery reports) while the producer's queue is full; never drops.
  /// - Parameters:
  ///   - source: the partition of the input record; results keep its number, modulo the output's
  ///     partitions.
  ///   - offset: the offset of the input record.
  ///   - timestamp: milliseconds since 1970.
  mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) throws(PipelineError)

  /// Adds one record to a partition's changelog, in the open transaction like a result.
  ///
  /// - Parameters:
  ///   - partition: the partition whose models they are; its changelog has the same number.
  ///   - value: nil removes what the changelog has under this key.
  mutating func appendToChangelog(
    of partition: TopicPartition, key: Span<UInt8>, value: Span<UInt8>?, headers: [Header]
  ) throws(PipelineError)

  /// Begins to make everything appended since the last commit visible, together with `offsets`.
  ///
  /// May return before that is done; `outcome` says how it ended. What is appended from here on
  /// belongs to the next commit, which may begin once the outcome of this one has been told.
  /// Throws only what cannot be survived, such as being fenced.
  mutating func commit(_ offsets: [CommittedOffset]) throws(PipelineError)

  /// How the commit that was begun ended, told once; nil where there is none, or, unless asked to
  /// wait, where that is not known yet.
  ///
  /// `.aborted` says that nothing of the commit happened and that what was appended since is thrown
  /// away as well: the caller must go back to the last committed state. A commit of unknown outcome
  /// is retried until it is known.
  mutating func outcome(waits: Bool) throws(PipelineError) -> CommitOutcome?

  /// Throws away everything appended since the last commit, whose outcome must have been told.
  mutating func abort() throws(PipelineError)
}

extension Sink where Self: ~Copyable {
  public mutating func appendToChangelog(
    of partition: TopicPartition, key: Span<UInt8>, value: Span<UInt8>?, headers: [Header]
  ) throws(PipelineError) {
    preconditionFailure("a sink without changelogs is given models")
  }
}

/// How far a partition has been answered.
public struct CommittedOffset: Equatable, Sendable {
  public var partition: TopicPartition
  /// The next offset to speak about.
  public var offset: Int64
  /// Text that is kept with the offset.
  public var metadata: String

  public init(partition: TopicPartition, offset: Int64, metadata: String = "") {
    self.partition = partition
    self.offset = offset
    self.metadata = metadata
  }
}

/// How a commit ended.
public enum CommitOutcome: Sendable {
  case committed, aborted
}
