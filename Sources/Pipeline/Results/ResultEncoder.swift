internal import SPN

/// Writes the results of one record as JSON into one reused buffer and hands them to the sink.
///
/// Each result carries the input's key and Kafka timestamp; `begin` keeps both, since the source
/// takes the record back.
package struct ResultEncoder: ~Copyable {
  var definition: Definition
  var writer = JSONWriter()
  /// The place and Kafka timestamp of the record that is being answered.
  private(set) var partition = TopicPartition(topic: 0, partition: 0)
  private(set) var offset: Int64 = 0
  private(set) var timestamp: Int64 = -1
  private var key = ByteBuffer(capacity: 256)
  private var hasKey = false
  /// The record's place as results have it, up to the offset: the same for many records.
  private var source = ByteBuffer(capacity: 256)
  /// Whether a result of the record was larger than its topic takes, and went to the dead letters.
  private(set) var wasTooLarge = false
  /// The record that is to be a dead letter, until it is written.
  var rejected: RejectedRecord?
  /// What the open transaction says that people want to see at once.
  private var notices: [Notice] = []

  package init(_ definition: Definition) {
    self.definition = definition
  }

  /// Starts the answer to a record.
  package mutating func begin(_ record: borrowing Record) {
    if source.count == 0 || record.partition != partition {
      partition = record.partition
      writeSourceStart()
    }
    offset = record.offset
    timestamp = record.timestamp
    key.removeAll()
    hasKey = false
    wasTooLarge = false
    guard let bytes = record.key else { return }
    hasKey = true
    key.append(bytes)
  }

  /// A hash of the record's key; nil where it has none.
  var keyDigest: UInt64? { hasKey ? hashBytes(key.bytes) : nil }

  /// The topic that the record came from.
  var topic: String { definition.input.topics[Int(partition.topic)] }

  /// Hands what was written to the sink; nothing where the definition does not want this output.
  ///
  /// - Parameter time: the event's time, which stands in where the record has no timestamp.
  mutating func append<Target: Sink & ~Copyable>(
    to output: Output, headers: [Header] = [], time: ModelTime, into sink: inout Target
  ) throws(PipelineError) {
    guard definition.output.topic(of: output) != nil else { return }
    let milliseconds = timestamp >= 0 ? timestamp : max(0, time.nanoseconds / 1_000_000)
    let size = key.count + writer.bytes.count + size(of: headers)
    guard size <= sink.bytesMax(of: output) else {
      return try appendTooLarge(output, size: size, timestamp: milliseconds, into: &sink)
    }
    // Two calls: an optional span that is made by a condition has no lifetime that the compiler
    // accepts.
    if hasKey {
      try sink.append(
        to: output, source: partition, offset: offset, key: key.bytes, value: writer.bytes,
        headers: headers, timestamp: milliseconds)
    } else {
      try sink.append(
        to: output, source: partition, offset: offset, key: nil, value: writer.bytes,
        headers: headers, timestamp: milliseconds)
    }
  }

  /// Keeps what was written for those who watch; they are shown it once it is committed.
  mutating func notify(_ output: Output, stream: Span<UInt8>) {
    notices.append(
      Notice(
        output: output, stream: Array(count: stream.count) { stream[$0] },
        json: Array(count: writer.count) { writer.bytes[$0] }))
  }

  /// Hands over what was kept since the last time.
  mutating func takeNotices() -> [Notice] {
    defer { notices.removeAll(keepingCapacity: true) }
    return notices
  }

  /// Writes a result that its topic would refuse as a dead letter with as much of it as fits.
  private mutating func appendTooLarge<Target: Sink & ~Copyable>(
    _ output: Output, size: Int, timestamp: Int64, into sink: inout Target
  ) throws(PipelineError) {
    wasTooLarge = true
    let limit = sink.bytesMax(of: output)
    rejected = RejectedRecord(
      key: hasKey ? Array(count: key.count) { key.bytes[$0] } : nil,
      value: Array(count: writer.bytes.count) { writer.bytes[$0] },
      rejection: Rejection(
        .resultTooLarge,
        "the result for \(definition.output.topic(of: output) ?? "") has \(size) bytes with "
          + "its key, and the topic takes \(limit); raise its max.message.bytes or shorten the key")
    )
    try writeRejected(at: timestamp, into: &sink)
  }

  /// Writes `source`, the place of the input record, into the open object.
  mutating func writeSource() {
    writer.key("source")
    writer.open(with: source)
    writer.value(offset)
    writer.endObject()
  }

  /// Writes what the records of a partition have in common of `source`.
  ///
  /// Beside the work, it saves asking for the topic's name: workers that all count its users would
  /// wait for each other.
  private mutating func writeSourceStart() {
    var start = JSONWriter(capacity: 256)
    start.beginObject()
    start.field("topic", topic)
    start.field("partition", Int64(partition.partition))
    start.key("offset")
    source.removeAll()
    source.append(start.bytes)
  }

  /// The headers of a CloudEvent in Kafka's binary mode (CloudEvents 1.0, Kafka protocol binding).
  ///
  /// The id is made of what the event is about, so that a repeated one has the same.
  func cloudEvent(type: String, id: String, stream: Span<UInt8>, time: ModelTime) -> [Header] {
    [
      CloudEvent.specVersion,
      Header(name: CloudEvent.id, value: Array(id.utf8)),
      Header(name: CloudEvent.source, value: Array("spnd/\(definition.pipeline)".utf8)),
      Header(name: CloudEvent.type, value: Array("spnd.\(type)".utf8)),
      Header(name: CloudEvent.time, value: rfc3339Text(time.nanoseconds)),
      Header(name: CloudEvent.subject, value: Array(count: stream.count) { stream[$0] }),
      CloudEvent.contentType,
    ]
  }

  /// What the headers of all events have in common, made once.
  private enum CloudEvent {
    static let specVersion = Header("ce_specversion", "1.0")
    static let id = Array("ce_id".utf8)
    static let source = Array("ce_source".utf8)
    static let type = Array("ce_type".utf8)
    static let time = Array("ce_time".utf8)
    static let subject = Array("ce_subject".utf8)
    static let contentType = Header("content-type", "application/json")
  }

  /// The id of something that happened at the record being answered, or at an earlier one of its
  /// partition.
  func identifier(_ type: String, channel: Int?, at offset: Int64? = nil) -> String {
    let place = "\(topic)/\(partition.partition)/\(offset ?? self.offset)"
    guard let channel else { return "\(place)/\(type)" }
    return "\(place)/\(definition.input.values[channel].name)/\(type)"
  }

  private func rfc3339Text(_ nanoseconds: Int64) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 32)
    buffer.append(rfc3339: nanoseconds)
    return Array(count: buffer.count) { buffer.bytes[$0] }
  }

  /// The bytes that headers take in a record.
  func size(of headers: [Header]) -> Int {
    headers.reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) + 10 }
  }
}

extension Array where Element == UInt8 {
  /// An array of `count` bytes, each made from its index.
  init(count: Int, byte: (Int) -> UInt8) {
    unsafe self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count { unsafe buffer.initializeElement(at: index, to: byte(index)) }
      filled = count
    }
  }
}
