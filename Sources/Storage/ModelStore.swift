public import Pipeline
internal import Synchronization

/// One worker's access to the saved models of its partitions, and the thread that writes them.
public final class ModelStore: Store {
  private let files: ModelFiles
  private let saver: Saver
  private var partitions: [TopicPartition: Opened] = [:]
  /// Slices that were begun and whose outcome was not told.
  private var underWay = 0

  private struct Opened {
    let environment: SharedEnvironment
    let lease: UInt64
  }

  public init(_ files: ModelFiles) {
    self.files = files
    saver = Saver()
  }

  public func open(_ partition: TopicPartition) throws(PipelineError) -> Manifest? {
    let environment = try files.environment(of: partition)
    let path = files.path(of: partition)
    do throws(LMDBError) {
      let taken = try environment.takeOver { error in
        files.log.error("\(path): \(error.reason); thrown away, its models are learned again")
      }
      partitions[partition] = Opened(environment: environment, lease: taken.lease)
      return taken.manifest
    } catch {
      throw Self.failure(error, path)
    }
  }

  public func reload(_ partition: TopicPartition) throws(PipelineError) -> Manifest? {
    do throws(LMDBError) {
      return try opened(partition).environment.manifest()
    } catch {
      throw Self.failure(error, files.path(of: partition))
    }
  }

  public func load(
    _ partition: TopicPartition, after place: inout [UInt8]?, count: Int,
    _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) throws(PipelineError) -> Int {
    let environment = opened(partition).environment
    do throws(LMDBError) {
      return try environment.use { (environment) throws(LMDBError) in
        try environment.load(after: &place, count: count, body)
      }
    } catch {
      throw Self.failure(error, files.path(of: partition))
    }
  }

  public func count(_ partition: TopicPartition) throws(PipelineError) -> Int {
    let environment = opened(partition).environment
    do throws(LMDBError) {
      return try environment.use { (environment) throws(LMDBError) in try environment.count() }
    } catch {
      throw Self.failure(error, files.path(of: partition))
    }
  }

  public func find(
    _ key: Span<UInt8>, of partition: TopicPartition, _ body: (Span<UInt8>) -> Void
  ) throws(PipelineError) -> Bool {
    let environment = opened(partition).environment
    do throws(LMDBError) {
      return try environment.use { (environment) throws(LMDBError) in
        try environment.find(key, body)
      }
    } catch {
      throw Self.failure(error, files.path(of: partition))
    }
  }

  public func write(_ slice: consuming Slice) {
    let opened = opened(slice.partition)
    let path = files.path(of: slice.partition)
    underWay += 1
    saver.begin(
      Saver.Task(slice: slice, environment: opened.environment, lease: opened.lease, path: path))
  }

  public func outcome(waits: Bool) -> SaveOutcome? {
    guard underWay > 0, let outcome = saver.outcome(waits: waits) else { return nil }
    underWay -= 1
    return outcome
  }

  public func clear(_ partition: TopicPartition) throws(PipelineError) {
    let environment = opened(partition).environment
    do throws(LMDBError) {
      try environment.use { (environment) throws(LMDBError) in try environment.clear() }
    } catch {
      throw Self.failure(error, files.path(of: partition))
    }
  }

  private func opened(_ partition: TopicPartition) -> Opened {
    guard let opened = partitions[partition] else {
      preconditionFailure("a partition is used that was not opened")
    }
    return opened
  }

  static func failure(_ error: LMDBError, _ path: String) -> PipelineError {
    PipelineError(
      code: .storage, subject: path,
      reason: "\(error.reason): the disk may be full or read-only; make room, or give "
        + "state.directory another")
  }
}
