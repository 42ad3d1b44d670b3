internal import CRdKafka
public import Pipeline

/// Reads all partitions of topics without joining a group: a view, not a participant.
public struct TopicReader: ~Copyable {
  private var consumer: Consumer

  /// Where reading starts.
  public enum Start: Sendable {
    /// The oldest record that the log holds.
    case beginning
    /// The next record to arrive.
    case end

    /// The place in librdkafka's terms.
    var offset: Int64 {
      Int64(self == .beginning ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END)
    }
  }

  /// Looks the topics' partitions up and starts reading committed records.
  ///
  /// - Throws: `.configuration` for a missing topic.
  public init(
    properties: [(name: String, value: String)], topics: [String], from start: Start,
    log: @escaping Log
  ) throws(KafkaError) {
    let admin = try TopicAdmin(properties: properties, log: log)
    try admin.reach()
    let counts = try admin.partitionCounts(of: topics)
    var starts: [PartitionStart] = []
    for (place, topic) in topics.enumerated() {
      guard let count = counts[topic] else { throw KafkaError.missing(topic: topic) }
      for partition in 0..<count {
        starts.append(
          PartitionStart(
            partition: TopicPartition(
              topic: Int32(truncatingIfNeeded: place),
              partition: Int32(truncatingIfNeeded: partition)),
            offset: start.offset))
      }
    }
    // The group's name is demanded by librdkafka; nothing is committed and nothing joined.
    var consumer = try Consumer(
      properties: properties.filter { $0.name != "group.instance.id" }, group: "spnd-reader",
      topics: topics, log: log)
    try consumer.assign(starts)
    self.consumer = consumer
  }

  /// Waits at most `timeout` for records and returns how many there are; those lent before are
  /// invalid after the call.
  public mutating func poll(timeout: Duration) throws(KafkaError) -> Int {
    guard case .records(let count) = try consumer.poll(timeout: timeout) else { return 0 }
    return count
  }

  /// The record at `index` of the last poll.
  @_lifetime(borrow self)
  public func record(at index: Int) -> Record { consumer.record(at: index) }

  /// The headers of that record, copied.
  public func headers(ofRecordAt index: Int) -> [Header] {
    consumer.headers(ofRecordAt: index)
  }

  /// Whether every partition was read to the end that it had when its last record came.
  public var isAtEnd: Bool { consumer.ends.count == consumer.assignment.count }
}
