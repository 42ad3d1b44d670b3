internal import Pipeline

/// The compacted topics of a worker's saved models, one for each input topic and with as many
/// partitions.
struct Changelogs: ~Copyable {
  private let settings: KafkaLink.Settings
  /// The place of the first among the producer's topics.
  private let firstPlace: Int
  /// The partitions of each when the worker started.
  private let partitionCounts: [Int32]
  /// Reads while stores are filled; nil at other times.
  private var reader: Consumer?

  /// - Parameter topics: the producer's, the changelogs last.
  init(_ settings: KafkaLink.Settings, topics: [Producer.Topic]) {
    self.settings = settings
    firstPlace = topics.count - settings.changelogs.count
    partitionCounts = topics[firstPlace...].map(\.partitionCount)
    reader = nil
  }

  /// The place of a partition's changelog among the producer's topics.
  func place(of partition: TopicPartition) -> Int { firstPlace + Int(partition.topic) }

  /// The time-out of a transaction that is left open, and some time for the broker to notice.
  var openTransactionMax: Duration {
    let name = "transaction.timeout.ms"
    let properties = Configuration.defaults(for: .producer) + settings.properties
    let text = properties.last { $0.name == name }?.value
    return .milliseconds(text.flatMap { Int($0) } ?? 60_000) + .seconds(30)
  }

  /// Refuses partitions that came to an input topic after its changelog was made.
  func checkRoom(for offers: [PartitionOffer]) throws(KafkaError) {
    guard !settings.changelogs.isEmpty else { return }
    for offer in offers {
      let topic = Int(offer.partition.topic)
      guard offer.partition.partition >= partitionCounts[topic] else { continue }
      throw Self.refusal(
        of: settings.changelogs[topic],
        "has \(partitionCounts[topic]) partitions, but \(settings.inputTopics[topic]) has more: "
          + "give it as many, and start again")
    }
  }

  /// Reads these partitions' changelogs, and no others, from their beginnings.
  mutating func assign(_ partitions: [TopicPartition]) throws(KafkaError) {
    guard !partitions.isEmpty else { return reader = nil }
    if reader == nil {
      // Not a member of the group, whose name librdkafka demands.
      reader = try Consumer(
        properties: settings.own.filter { $0.name != "group.instance.id" }, group: settings.group,
        topics: settings.changelogs, log: settings.log)
    }
    try reader?.assign(
      partitions.map { PartitionStart(partition: $0, offset: TopicReader.Start.beginning.offset) })
  }

  /// Lends what has come, without waiting.
  mutating func read(
    _ body: (borrowing Record, [Header]) -> Void
  ) throws(KafkaError) {
    try reader?.lend(body)
  }

  /// Whether reading has come to a changelog's end.
  func isAtEnd(_ partition: TopicPartition) -> Bool {
    switch reader {
    case .some(let reader): reader.ends[partition] != nil
    case .none: false
    }
  }

  /// Refuses changelogs that would lose models or could not take them.
  static func check(
    _ settings: KafkaLink.Settings, _ admin: borrowing TopicAdmin, counts: [String: Int],
    limits: [String: Int]
  ) throws(KafkaError) {
    for (input, topic) in zip(settings.inputTopics, settings.changelogs) {
      let (wanted, found) = (counts[input] ?? 0, counts[topic] ?? 0)
      guard wanted == found else {
        throw refusal(
          of: topic, "has \(found) partitions, but \(input) has \(wanted): give it as many")
      }
      let policy = admin.settings(of: topic)?["cleanup.policy"] ?? "compact"
      guard policy == "compact" else {
        throw refusal(
          of: topic, "has cleanup.policy=\(policy), which deletes models: set it to compact")
      }
      let bytes = settings.changelogBytes + Producer.overheadBytes
      guard limits[topic] ?? .max >= bytes else {
        throw refusal(
          of: topic,
          "takes records of \(limits[topic] ?? 0) bytes, but a model has up to "
            + "\(bytes): raise its max.message.bytes")
      }
    }
  }

  private static func refusal(of topic: String, _ reason: String) -> KafkaError {
    KafkaError(code: .configuration, subject: "changelog \(topic)", reason: reason)
  }
}

extension Consumer {
  /// Lends the records that have come, one after the other, without waiting.
  fileprivate mutating func lend(
    _ body: (borrowing Record, [Header]) -> Void
  ) throws(KafkaError) {
    guard case .records(let count) = try poll(timeout: .zero) else { return }
    for index in 0..<count { body(record(at: index), headers(ofRecordAt: index)) }
  }
}
