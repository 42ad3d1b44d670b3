import Glibc
import Pipeline

/// A file of exported models, one a line.
struct ModelArchive: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private var writer = JSONWriter(capacity: ModelArchive.bufferBytesMax)
  private var hasFailed = false
  private static let bufferBytesMax = 1 << 20

  /// Begins a file; `-` is standard output.
  init(writing path: String) throws(Failure) {
    self.path = path
    descriptor =
      path == "-"
      ? STDOUT_FILENO : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotCreate, "cannot write \(path): \(unsafe String(cString: strerror(errno)))")
    }
  }

  deinit { if descriptor != STDOUT_FILENO { Glibc.close(descriptor) } }

  /// Adds a model.
  mutating func append(_ model: ArchivedModel) {
    model.write(into: &writer)
    if writer.count >= Self.bufferBytesMax { flush() }
  }

  /// Writes what is left; throws where anything could not be written.
  consuming func close() throws(Failure) {
    flush()
    guard !hasFailed else {
      throw Failure(
        .inputOutput, "cannot write \(path): \(unsafe String(cString: strerror(errno)))")
    }
  }

  private mutating func flush() {
    if !writeAll(buffered, to: descriptor) { hasFailed = true }
    writer.removeAll()
  }

  private var buffered: [UInt8] {
    let bytes = writer.bytes
    return bytes.indices.map { bytes[$0] }
  }

  /// The models of a file.
  static func read(_ path: String) throws(Failure) -> [ArchivedModel] {
    let file = try MappedFile(path: path)
    switch ArchivedModel.read(file.bytes) {
    case .success(let models): return models
    case .failure(let line):
      throw Failure(
        .data, "\(path):\(line.number): is no exported model; spnd streams export writes them")
    }
  }
}
