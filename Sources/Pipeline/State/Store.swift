/// Where the models of partitions are saved: LMDB, or the simulation's disk.
///
/// Driven by one worker's thread, except that writing goes on behind it. A store that finds its
/// own files damaged starts that partition from nothing; what is wrong with one model is left for
/// `SavedModel` to find.
public protocol Store: AnyObject {
  /// Takes a partition's models over; whoever had them before can no longer write them.
  ///
  /// - Returns: what is known of them; nil where there are none.
  func open(_ partition: TopicPartition) throws(PipelineError) -> Manifest?

  /// What is known of an open partition's models now.
  func reload(_ partition: TopicPartition) throws(PipelineError) -> Manifest?

  /// Lends at most `count` saved models in the order of their keys, as of one moment.
  ///
  /// - Parameters:
  ///   - place: after which to begin, nil for the first; then that of the last one lent.
  ///   - body: takes a stream's key and the saved form of its model.
  /// - Returns: how many were lent; fewer than `count` at the end.
  func load(
    _ partition: TopicPartition, after place: inout [UInt8]?, count: Int,
    _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) throws(PipelineError) -> Int

  /// The models that an open partition has, roughly: what loading them all will lend.
  func count(_ partition: TopicPartition) throws(PipelineError) -> Int

  /// Lends the saved form of one stream's model; false where there is none.
  func find(
    _ key: Span<UInt8>, of partition: TopicPartition, _ body: (Span<UInt8>) -> Void
  ) throws(PipelineError) -> Bool

  /// Begins to write a slice, all of it or nothing.
  func write(_ slice: consuming Slice)

  /// How a slice that was begun ended, each told once; nil where there is none, or, unless asked to
  /// wait, where that is not known yet.
  func outcome(waits: Bool) -> SaveOutcome?

  /// Forgets all saved models of an open partition.
  func clear(_ partition: TopicPartition) throws(PipelineError)
}

/// How the writing of a slice ended.
public enum SaveOutcome: Sendable {
  case written(Slice)
  /// The partition has been taken over by another worker, and its models are not ours to write.
  case superseded(Slice)
  /// Nothing of it is in the store, which may be full; it can be written again.
  case failed(Slice, PipelineError)
}

/// Models copied at a transaction's boundary, to be written together with what they stand for.
///
/// An empty form stands for a model that is to be removed.
public struct Slice: Sendable {
  public let partition: TopicPartition
  public internal(set) var manifest: Manifest
  /// Keys and saved forms in turn, and where each ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// - Parameter byteCount: the bytes that its models will take, so that it grows but once.
  public init(_ partition: TopicPartition, manifest: Manifest, byteCount: Int = 0) {
    self.partition = partition
    self.manifest = manifest
    bytes.reserveCapacity(byteCount)
  }

  /// The models in it.
  public var count: Int { ends.count / 2 }

  /// The key of a stream.
  @_lifetime(borrow self)
  public func key(at index: Int) -> Span<UInt8> { bytes.span.extracting(range(2 * index)) }

  /// The saved form of its model.
  @_lifetime(borrow self)
  public func form(at index: Int) -> Span<UInt8> { bytes.span.extracting(range(2 * index + 1)) }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Adds a model as it was saved, or, with an empty form, its removal.
  package mutating func append(form: Span<UInt8>, key: Span<UInt8>) {
    for index in key.indices { bytes.append(key[index]) }
    ends.append(bytes.count)
    unsafe form.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }

  /// Adds the model in a stream's block.
  package mutating func append(_ model: SavedModel, key: Span<UInt8>) {
    for index in key.indices { bytes.append(key[index]) }
    ends.append(bytes.count)
    model.append(to: &bytes, key: key)
    ends.append(bytes.count)
  }
}
