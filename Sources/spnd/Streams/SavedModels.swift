import Glibc
import Pipeline
import Storage

/// The saved models of a definition's state directory, which is ours while this lives.
final class SavedModels {
  let definition: Definition
  private let directory: StateDirectory
  private let store: ModelStore
  let reader: SavedModelReader
  /// The partitions that have models, with what is known of them.
  let manifests: [(partition: TopicPartition, manifest: Manifest)]
  /// The models that are read or written at a time.
  private static let sliceCount = 1024

  /// Locks the directory and opens what is in it.
  init(_ definition: Definition) throws(Failure) {
    let path = definition.state.directory
    guard unsafe access(path, F_OK) == 0 else {
      throw Failure(.noInput, "\(path) is not there: no daemon has saved models in it")
    }
    do throws(Failure) {
      directory = try StateDirectory(path: path)
    } catch {
      guard error.code == .temporary else { throw error }
      throw Failure(
        .temporary,
        "a daemon runs on \(path): stop it first, or ask it at http://\(definition.http.listen); "
          + "spnd streams --help says how")
    }
    self.definition = definition
    reader = SavedModelReader(definition)
    let files = ModelFiles(
      directory: path + "/models", topics: definition.input.topics,
      log: Journal { _, line in printError(line.text) })
    let store = ModelStore(files)
    self.store = store
    manifests = try Self.attempt { () throws(PipelineError) in
      var found: [(partition: TopicPartition, manifest: Manifest)] = []
      for partition in try files.saved() {
        if let manifest = try store.open(partition) { found.append((partition, manifest)) }
      }
      return found
    }
  }

  /// Lends every model with its partition, in the order of partitions and names.
  func forEach(
    _ body: (TopicPartition, Span<UInt8>, Span<UInt8>) -> Void
  ) throws(Failure) {
    for (partition, _) in manifests {
      var count = Self.sliceCount
      var place: [UInt8]?
      while count == Self.sliceCount {
        count = try Self.attempt { () throws(PipelineError) in
          try store.load(partition, after: &place, count: Self.sliceCount) {
            body(partition, $0, $1)
          }
        }
      }
    }
  }

  /// The partitions that have a stream's model, at least one; with events of one stream in several
  /// partitions there are several.
  func partitions(of name: String) throws(Failure) -> [(partition: TopicPartition, Manifest)] {
    let key = Array(name.utf8)
    var found: [(partition: TopicPartition, Manifest)] = []
    for (partition, manifest) in manifests where !reader.isBoard(key.span) {
      let isThere = try Self.attempt { () throws(PipelineError) in
        try store.find(key.span, of: partition) { _ in }
      }
      if isThere { found.append((partition, manifest)) }
    }
    guard !found.isEmpty else {
      throw Failure(.noInput, "there is no saved model of \(name); spnd streams list names them")
    }
    return found
  }

  /// Lends what is saved under a key.
  func find(
    _ key: [UInt8], in partition: TopicPartition, _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) throws(Failure) {
    _ = try Self.attempt { () throws(PipelineError) in
      try store.find(key.span, of: partition) { body(key.span, $0) }
    }
  }

  /// Writes a slice and waits until it is on the disk.
  func write(_ slice: consuming Slice) throws(Failure) {
    store.write(slice)
    if case .failed(_, let error) = store.outcome(waits: true) { throw Failure(error) }
  }

  /// The name of a partition's topic.
  func topic(of partition: TopicPartition) -> String {
    definition.input.topics[Int(partition.topic)]
  }

  private static func attempt<Result>(
    _ body: () throws(PipelineError) -> Result
  ) throws(Failure) -> Result {
    do throws(PipelineError) {
      return try body()
    } catch {
      throw Failure(error)
    }
  }
}
