import FoundationEssentials
import Glibc
import Pipeline

/// One model of an archive: a JSON object, its bytes in base64.
struct ArchivedModel: Codable {
  var topic: String
  var partition: Int32
  /// The stream's name as text, for people.
  var stream: String
  /// The name's bytes, where they are not text.
  private var key: Data?
  private var model: Data

  init(topic: String, partition: Int32, key: [UInt8], form: [UInt8]) {
    self.topic = topic
    self.partition = partition
    stream = String(decoding: key, as: UTF8.self)
    self.key = Array(stream.utf8) == key ? nil : Data(key)
    model = Data(form)
  }

  /// The stream's name.
  var bytes: [UInt8] { key.map { Array($0) } ?? Array(stream.utf8) }

  /// The saved form of the model.
  var form: [UInt8] { Array(model) }

  /// Whether the model belongs to a partition.
  func isOf(_ partition: TopicPartition, _ topic: (TopicPartition) -> String) -> Bool {
    self.partition == partition.partition && self.topic == topic(partition)
  }
}

/// A file of exported models, one a line.
struct ModelArchive: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private let encoder = JSONEncoder()
  private var buffer: [UInt8] = []
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
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  deinit { if descriptor != STDOUT_FILENO { Glibc.close(descriptor) } }

  /// Adds a model.
  mutating func append(_ model: ArchivedModel) {
    guard let line = try? encoder.encode(model) else { return hasFailed = true }
    buffer += line
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferBytesMax { flush() }
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
    hasFailed = !writeAll(buffer, to: descriptor) || hasFailed
    buffer.removeAll(keepingCapacity: true)
  }

  /// The models of a file.
  static func read(_ path: String) throws(Failure) -> [ArchivedModel] {
    let file = try MappedFile(path: path)
    let bytes = file.bytes
    let decoder = JSONDecoder()
    var models: [ArchivedModel] = []
    var start = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
      let line = Data((start..<index).map { bytes[$0] })
      start = index + 1
      guard let model = try? decoder.decode(ArchivedModel.self, from: line) else {
        throw Failure(
          .data,
          "\(path):\(models.count + 1): is no exported model; spnd streams export writes them")
      }
      models.append(model)
    }
    guard start == bytes.count else {
      throw Failure(.data, "\(path):\(models.count + 1): the file ends within a model")
    }
    return models
  }
}
