internal import Pipeline

/// Results that wait for the commit before them, one after the other in one buffer.
///
/// Holds at most `bytesMax` bytes or one result, and keeps its memory when it is emptied.
struct Outbox: ~Copyable {
  /// The bytes that it may hold before its owner has to wait.
  static let bytesMax = 16 << 20

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  private struct Entry {
    var topic: Int
    var partition: Int32
    var timestamp: Int64
    /// Where key and value end in `bytes`; the key starts where the entry before ends.
    var keyEnd: Int
    var valueEnd: Int
    /// Whether there is a key and a value, or Kafka's null.
    var hasKey: Bool
    var hasValue: Bool
    var headers: [Header]
  }

  /// Results that wait.
  var count: Int { entries.count }

  /// Whether there is no room for a result of this many bytes.
  func isFull(adding count: Int) -> Bool {
    !entries.isEmpty && bytes.count + count > Self.bytesMax
  }

  /// Keeps a copy of a result.
  mutating func append(
    to topic: Int, partition: Int32, key: Span<UInt8>?, value: Span<UInt8>?, headers: [Header],
    timestamp: Int64
  ) {
    let keyEnd = add(key)
    let valueEnd = add(value)
    entries.append(
      Entry(
        topic: topic, partition: partition, timestamp: timestamp, keyEnd: keyEnd,
        valueEnd: valueEnd, hasKey: key != nil, hasValue: value != nil, headers: headers))
  }

  /// Hands all results to the producer, in their order.
  mutating func empty(into producer: inout Producer) throws(KafkaError) {
    var start = 0
    for entry in entries {
      let key = bytes.span.extracting(start..<entry.keyEnd)
      let value = bytes.span.extracting(entry.keyEnd..<entry.valueEnd)
      start = entry.valueEnd
      try producer.append(
        to: entry.topic, partition: entry.partition, key: entry.hasKey ? key : nil,
        value: entry.hasValue ? value : nil, headers: entry.headers, timestamp: entry.timestamp)
    }
    removeAll()
  }

  /// Throws everything away.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  /// Copies a key or value; says where it ends.
  private mutating func add(_ part: Span<UInt8>?) -> Int {
    if let part { unsafe part.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
    return bytes.count
  }
}
