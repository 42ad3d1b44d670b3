import Kafka
import Pipeline
import Testing

/// A record, copied out of a batch.
struct Copy: Equatable {
  var partition: TopicPartition
  var offset: Int64
  var timestamp: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [Header]
}

/// The bytes of a span, or nil.
func bytes(_ span: Span<UInt8>?) -> [UInt8]? {
  guard let span else { return nil }
  var bytes: [UInt8] = []
  for index in span.indices { bytes.append(span[index]) }
  return bytes
}

/// A record copied.
func copy(_ record: borrowing Record, headers: [Header]) -> Copy {
  Copy(
    partition: record.partition, offset: record.offset, timestamp: record.timestamp,
    key: bytes(record.key), value: bytes(record.value), headers: headers)
}

/// What tests ask of a cluster's clients beside its address.
let quick: [(name: String, value: String)] = [
  ("session.timeout.ms", "10000"), ("heartbeat.interval.ms", "500"),
]

/// Settings of a link from topic `in` to topic `out` on a broker.
func settings(
  _ servers: String, group: String = "g", guarantee: KafkaLink.Guarantee = .atLeastOnce,
  input: String = "in", output: String = "out", extra: [(name: String, value: String)] = [],
  worker: Int = 0
) -> KafkaLink.Settings {
  KafkaLink.Settings(
    properties: [("bootstrap.servers", servers)] + quick + extra, inputTopics: [input],
    group: group,
    outputs: [.predictions: output], guarantee: guarantee,
    transactionalId: "\(group)-\(worker)", worker: worker, log: { _, _ in })
}

extension KafkaLink {
  /// Polls until the group decides, then answers with where the group left off.
  mutating func join() throws -> [PartitionOffer] {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      switch try poll(timeout: .milliseconds(100)) {
      case .assigned(let offers):
        try assign(
          offers.map { PartitionStart(partition: $0.partition, offset: $0.committed ?? 0) })
        return offers
      case .revoked: try unassign()
      default: continue
      }
    }
    Issue.record("no assignment within two minutes")
    return []
  }

  /// Reads this many records.
  mutating func read(_ count: Int) throws -> [Copy] {
    var copies: [Copy] = []
    let deadline = ContinuousClock.now + .seconds(120)
    while copies.count < count, ContinuousClock.now < deadline {
      guard case .records(let found) = try poll(timeout: .milliseconds(100)) else { continue }
      for index in 0..<found {
        copies.append(copy(record(at: index), headers: headers(ofRecordAt: index)))
      }
    }
    return copies
  }

  /// Commits and waits for the outcome.
  mutating func commitNow(_ offsets: [CommittedOffset]) throws -> CommitOutcome? {
    try commit(offsets)
    return try outcome(waits: true)
  }

  /// Appends a prediction.
  mutating func write(
    _ value: String, key: [UInt8]? = nil, partition: Int32 = 0, headers: [Header] = [],
    timestamp: Int64 = 1_700_000_000_000
  ) throws {
    let value = Array(value.utf8)
    let source = TopicPartition(topic: 0, partition: partition)
    if let key {
      try append(
        to: .predictions, source: source, offset: 0, key: key.span, value: value.span,
        headers: headers,
        timestamp: timestamp)
    } else {
      try append(
        to: .predictions, source: source, offset: 0, key: nil, value: value.span, headers: headers,
        timestamp: timestamp)
    }
  }
}

/// Everything that a topic holds, once it holds `count` records.
func contents(_ servers: String, _ topic: String, count: Int) throws -> [Copy] {
  var reader = try TopicReader(
    properties: [("bootstrap.servers", servers)], topics: [topic], from: .beginning,
    log: { _, _ in })
  var copies: [Copy] = []
  let deadline = ContinuousClock.now + .seconds(120)
  while copies.count < count || !reader.isAtEnd, ContinuousClock.now < deadline {
    for index in 0..<(try reader.poll(timeout: .milliseconds(100))) {
      copies.append(copy(reader.record(at: index), headers: reader.headers(ofRecordAt: index)))
    }
  }
  return copies
}
