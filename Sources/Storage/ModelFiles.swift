internal import Glibc
public import Pipeline
internal import Synchronization

/// The files of all partitions' saved models under one directory, shared by the workers of a
/// process; `<directory>/<topic>/<partition>.mdb` each.
///
/// The directory must be this process's alone. A file is opened once a process, since LMDB's locks
/// demand it, and stays open.
public final class ModelFiles: Sendable {
  private let directory: String
  private let topics: [String]
  let log: Journal
  private let environments = Mutex<[TopicPartition: SharedEnvironment]>([:])

  /// - Parameter topics: the definition's input topics; a partition's topic is a place here.
  public init(directory: String, topics: [String], log: Journal) {
    self.directory = directory
    self.topics = topics
    self.log = log
  }

  /// The partitions that have a file, in order.
  public func saved() throws(PipelineError) -> [TopicPartition] {
    var found: [TopicPartition] = []
    for (topic, name) in topics.enumerated() {
      let path = "\(directory)/\(name)"
      guard let folder = unsafe opendir(path) else {
        guard errno == ENOENT else { throw failure(path, "cannot be read") }
        continue
      }
      defer { unsafe closedir(folder) }
      var numbers: [Int32] = []
      while let entry = unsafe readdir(folder) {
        let file = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if file.hasSuffix(".mdb"), let number = Int32(file.dropLast(4)) { numbers.append(number) }
      }
      found += numbers.sorted().map { TopicPartition(topic: Int32(topic), partition: $0) }
    }
    return found
  }

  /// The file of a partition.
  func path(of partition: TopicPartition) -> String {
    "\(directory)/\(topics[Int(partition.topic)])/\(partition.partition).mdb"
  }

  /// The environment of a partition, not opened yet.
  func environment(of partition: TopicPartition) throws(PipelineError) -> SharedEnvironment {
    try makeDirectory(directory)
    try makeDirectory("\(directory)/\(topics[Int(partition.topic)])")
    return environments.withLock { environments in
      if let known = environments[partition] { return known }
      let made = SharedEnvironment(path: path(of: partition))
      environments[partition] = made
      return made
    }
  }

  private func makeDirectory(_ path: String) throws(PipelineError) {
    guard unsafe mkdir(path, 0o750) != 0, errno != EEXIST else { return }
    throw failure(path, "cannot be made")
  }

  private func failure(_ path: String, _ what: String) -> PipelineError {
    PipelineError(
      code: .storage, subject: path,
      reason: unsafe "\(what): \(String(cString: strerror(errno)))")
  }
}
