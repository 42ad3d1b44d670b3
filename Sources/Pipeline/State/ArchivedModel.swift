/// One saved model outside of a store: a JSON object on a line, its bytes in base64.
public struct ArchivedModel: Sendable, Equatable {
  public var topic: String
  public var partition: Int32
  /// The bytes of the stream's name, or of its group's.
  public var key: [UInt8]
  /// The saved form.
  public var form: [UInt8]

  public init(topic: String, partition: Int32, key: [UInt8], form: [UInt8]) {
    self.topic = topic
    self.partition = partition
    self.key = key
    self.form = form
  }

  /// Writes the object and ends the line. A name that is no text stands there in base64 as well.
  public func write(into writer: inout JSONWriter) {
    let stream = String(decoding: key, as: UTF8.self)
    writer.beginObject()
    writer.field("topic", topic)
    writer.field("partition", Int(partition))
    writer.field("stream", stream)
    if Array(stream.utf8) != key { writer.field("key", Base64.encode(key).span) }
    writer.field("model", Base64.encode(form).span)
    writer.endObject()
    writer.endLine()
  }

  /// Reads a file of them.
  ///
  /// - Returns: the models; or, where a line is none, its number from 1.
  public static func read(_ lines: Span<UInt8>) -> Result<[ArchivedModel], BadLine> {
    guard var reader = try? ArchiveReader() else { return .failure(BadLine(number: 1)) }
    var models: [ArchivedModel] = []
    var start = 0
    while start < lines.count {
      var end = start
      while end < lines.count, lines[end] != UInt8(ascii: "\n") { end += 1 }
      guard end < lines.count, let model = reader.read(lines.extracting(start..<end)) else {
        return .failure(BadLine(number: models.count + 1))
      }
      models.append(model)
      start = end + 1
    }
    return .success(models)
  }

  /// A line that is no model, or that has no end.
  public struct BadLine: Error, Equatable {
    public var number: Int
  }
}

/// Reads one line after the other.
private struct ArchiveReader: ~Copyable {
  private var json: JSONFields
  private let fields = FieldList(count: 5)

  init() throws(PipelineError) {
    let names = ["/topic", "/partition", "/stream", "/key", "/model"]
    json = try JSONFields(names.compactMap { JSONPointer($0) })
  }

  mutating func read(_ line: Span<UInt8>) -> ArchivedModel? {
    guard json.read(line, into: fields) == nil, fields[0].kind == .string,
      fields[1].kind == .int64, let partition = Int32(exactly: fields[1].integer),
      let key = fields[3].kind == .missing ? bytes(2) : decoded(3), let form = decoded(4)
    else { return nil }
    return ArchivedModel(
      topic: String(bytes: fields[0].text), partition: partition, key: key, form: form)
  }

  private func bytes(_ index: Int) -> [UInt8]? {
    guard fields[index].kind == .string else { return nil }
    let field = fields[index]
    let text = field.text
    return Array(count: text.count) { text[$0] }
  }

  private func decoded(_ index: Int) -> [UInt8]? {
    bytes(index).flatMap { Base64.decode($0.span) }
  }
}
