internal import CRdKafka
package import Pipeline

/// Writes records, inside transactions if it has a transactional id.
///
/// Driven by one thread.
@safe package struct Producer: ~Copyable {
  /// The bytes that a record's frame, batch and headers' lengths may take beside its own.
  package static let overheadBytes = 512
  /// How long one call of the transaction protocol may take before it is asked again.
  static let requestTimeout: Duration = .seconds(10)
  /// How long deliveries take at most where nothing is wrong.
  static let usualDeliveryMilliseconds = 100
  /// How long starting may take while the transaction coordinator cannot be reached.
  static let startLimit: Duration = .seconds(60)

  let client: Client
  /// The topics that records may be written to.
  let topics: [Topic]
  let isTransactional: Bool
  /// Whether records were appended, or offsets sent, since the last commit or abort.
  var isOpen = false
  /// Why the open transaction can only be aborted.
  var doom: KafkaError?
  package internal(set) var counters = Counters()

  /// The handles of `topics`.
  private let handles: UnsafeMutablePointer<OpaquePointer?>
  /// One record's description in librdkafka's terms, filled anew for each.
  private let fields: UnsafeMutablePointer<rd_kafka_vu_t>
  /// What an empty key or value points to, since a null pointer stands for Kafka's null.
  private let empty: UnsafeMutableRawPointer

  /// A topic to write to.
  package struct Topic {
    package var name: String
    package var partitionCount: Int32
    /// The most bytes that a batch may have, compressed.
    package var bytesMax: Int

    package init(name: String, partitionCount: Int32, bytesMax: Int) {
      self.name = name
      self.partitionCount = partitionCount
      self.bytesMax = bytesMax
    }
  }

  /// What a producer counts.
  package struct Counters {
    package var records: UInt64 = 0
    package var bytes: UInt64 = 0
    package var commits: UInt64 = 0
    package var aborts: UInt64 = 0
    package var deliveryFailures: UInt64 = 0
    /// What went wrong with connections and requests.
    package var errors: UInt64 = 0
    /// Records that wait to be delivered.
    package var queued: Int64 = 0
  }

  /// Starts a producer and, with a transactional id, fences whoever had it before.
  ///
  /// - Throws: `.configuration` for what librdkafka refuses, `.retriable` if the coordinator cannot
  ///   be reached for
  ///   `startLimit`, `.fenced`.
  package init(
    properties: [(name: String, value: String)], topics: [Topic], transactionalId: String?,
    log: @escaping Log
  ) throws(KafkaError) {
    var owned = Self.owned(transactionalId: transactionalId)
    // A batch larger than its topic's limit would be refused as a whole.
    if let least = topics.map(\.bytesMax).min(), least < 1_000_000 {
      owned.append(("batch.size", String(max(1, least))))
    }
    let configuration = try Configuration(role: .producer, properties: properties, owned: owned)
    let client = try Client(role: .producer, configuration: configuration, log: log)
    if transactionalId != nil { try Self.startTransactions(client) }
    self.client = client
    self.topics = topics
    isTransactional = transactionalId != nil
    unsafe handles = .allocate(capacity: max(1, topics.count))
    unsafe fields = .allocate(capacity: 7)
    unsafe fields.initialize(repeating: rd_kafka_vu_t(), count: 7)
    unsafe empty = .allocate(byteCount: 1, alignment: 1)
    unsafe empty.storeBytes(of: 0, as: UInt8.self)
    for (index, topic) in topics.enumerated() {
      unsafe handles[index] = rd_kafka_topic_new(self.client.pointer, topic.name, nil)
    }
  }

  deinit {
    // Else readers of the output would wait for the transaction's time-out.
    if isOpen, isTransactional,
      let error = unsafe KafkaError(
        taking: rd_kafka_abort_transaction(client.pointer, 2000), "transaction abort")
    {
      client.callbacks.log(5, "\(error)")
    }
    for index in topics.indices {
      if let handle = unsafe handles[index] { unsafe rd_kafka_topic_destroy(handle) }
    }
    unsafe handles.deallocate()
    unsafe fields.deallocate()
    unsafe empty.deallocate()
  }

  /// The properties that the daemon decides.
  static func owned(transactionalId: String?) -> [Configuration.Property] {
    [
      ("enable.idempotence", "true"), ("acks", "all"), ("delivery.report.only.error", "true"),
    ] + (transactionalId.map { [("transactional.id", $0)] } ?? [])
  }

  /// The most bytes that key, value and headers of one record for this topic may have together.
  package func bytesMax(of topic: Int) -> Int {
    let limit = topics[topic].bytesMax
    // A topic's limit may have been lowered since: what it refused is too much.
    let refused = client.callbacks.refusedBytes[topics[topic].name] ?? Int.max
    return max(0, min(limit - Self.overheadBytes, refused - 1))
  }

  /// Adds one record; the bytes are copied before it returns.
  ///
  /// Waits while the queue is full, serving delivery reports; never drops. In a transaction that
  /// can only be aborted, the record goes nowhere, and the commit says so.
  package mutating func append(
    to topic: Int, partition: Int32, key: Span<UInt8>?, value: Span<UInt8>?, headers: [Header],
    timestamp: Int64
  ) throws(KafkaError) {
    try begin()
    // Not by `==`, which copies the error.
    guard case nil = doom else { return }
    let count = topics[topic].partitionCount
    unsafe fields[0].vtype = RD_KAFKA_VTYPE_RKT
    unsafe fields[0].u.rkt = handles[topic]
    unsafe fields[1].vtype = RD_KAFKA_VTYPE_PARTITION
    unsafe fields[1].u.i32 = max(0, partition) % max(1, count)
    unsafe fields[2].vtype = RD_KAFKA_VTYPE_TIMESTAMP
    unsafe fields[2].u.i64 = timestamp
    unsafe fields[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS
    unsafe fields[3].u.i = RD_KAFKA_MSG_F_COPY
    // A span's bytes stay where they are for as long as it lives, which is longer than this call.
    if let value {
      unsafe value.withUnsafeBytes { unsafe setBytes(4, RD_KAFKA_VTYPE_VALUE, $0) }
    } else {
      unsafe fields[4].vtype = RD_KAFKA_VTYPE_VALUE
      unsafe fields[4].u.mem = .init(ptr: nil, size: 0)
    }
    if let key {
      unsafe key.withUnsafeBytes { unsafe setBytes(5, RD_KAFKA_VTYPE_KEY, $0) }
    } else {
      unsafe fields[5].vtype = RD_KAFKA_VTYPE_KEY
      unsafe fields[5].u.mem = .init(ptr: nil, size: 0)
    }
    let list = unsafe headers.isEmpty ? nil : headerList(headers)
    unsafe fields[6].vtype = RD_KAFKA_VTYPE_HEADERS
    unsafe fields[6].u.headers = list
    do throws(KafkaError) {
      try send(fieldCount: unsafe list == nil ? 6 : 7, topic: topic)
    } catch {
      // A record that was not taken leaves its headers with us.
      if let list = unsafe list { unsafe rd_kafka_headers_destroy(list) }
      guard error.code == .abortable else { throw error }
      doom = error
      return
    }
    counters.records &+= 1
    counters.bytes &+= UInt64(value?.count ?? 0) &+ UInt64(key?.count ?? 0)
    // Failures are reported by callbacks, which are made when we ask for them.
    if counters.records & 1023 == 0 { client.serve() }
  }

  /// Hands the described record over, waiting for room.
  private mutating func send(fieldCount: Int, topic: Int) throws(KafkaError) {
    while true {
      guard let result = unsafe rd_kafka_produceva(client.pointer, fields, fieldCount),
        var error = unsafe KafkaError(taking: result, "topic \(topics[topic].name)")
      else { return }
      switch rd_kafka_resp_err_t(error.number) {
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        // Only deliveries make room: sends what lingers, and serves reports.
        _ = unsafe rd_kafka_flush(client.pointer, 5)
        try client.checkFatal()
      case RD_KAFKA_RESP_ERR__STATE where isTransactional:
        // The transaction has failed already; what failed it is told by the commit.
        error.code = .abortable
        throw error
      default:
        if let fatal = unsafe KafkaError.fatal(client.pointer, error.subject) { throw fatal }
        throw error
      }
    }
  }

  private func setBytes(
    _ index: Int, _ type: rd_kafka_vtype_t, _ bytes: UnsafeRawBufferPointer
  ) {
    let start = unsafe bytes.isEmpty ? empty : UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    unsafe fields[index].vtype = type
    unsafe fields[index].u.mem = .init(ptr: start, size: bytes.count)
  }

  /// The headers in librdkafka's terms; the caller's to hand over or destroy.
  private func headerList(_ headers: [Header]) -> OpaquePointer? {
    let nothing = unsafe UnsafePointer(empty.assumingMemoryBound(to: CChar.self))
    let list = unsafe rd_kafka_headers_new(headers.count)
    for header in headers {
      unsafe header.name.withUnsafeBufferPointer { name in
        let text = unsafe UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self)
        if let value = header.value {
          unsafe value.withUnsafeBytes { bytes in
            // An empty array may have no address, which would read as null.
            _ = unsafe rd_kafka_header_add(
              list, text ?? nothing, name.count, bytes.baseAddress ?? UnsafeRawPointer(nothing),
              bytes.count)
          }
        } else {
          _ = unsafe rd_kafka_header_add(list, text ?? nothing, name.count, nil, 0)
        }
      }
    }
    return unsafe list
  }

  /// Records that wait to be delivered.
  package var queuedRecords: Int { unsafe Int(rd_kafka_outq_len(client.pointer)) }

  /// The counters, with what the client knows.
  var report: Counters {
    var report = counters
    report.errors = client.callbacks.errors
    report.queued = Int64(queuedRecords)
    return report
  }
}
