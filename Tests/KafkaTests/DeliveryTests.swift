import Kafka
import Pipeline
import Testing

/// A producer against an embedded broker, of topic `out` with one partition.
private func producer(
  _ broker: EmbeddedBroker, _ extra: [(name: String, value: String)] = [],
  transactionalId: String? = nil, bytesMax: Int = 1_000_000
) throws -> Producer {
  try broker.createTopic("out", partitions: 1)
  return try Producer(
    properties: broker.properties + extra,
    topics: [Producer.Topic(name: "out", partitionCount: 1, bytesMax: bytesMax)],
    transactionalId: transactionalId, log: { _, _ in })
}

extension Producer {
  /// Commits a transaction without offsets.
  mutating func commitEmpty(of consumer: borrowing Consumer) throws(KafkaError) -> CommitOutcome {
    try commitTransaction(PartitionList(), of: GroupMetadata(of: consumer))
  }

  mutating func write(_ value: String) throws(KafkaError) {
    let value = Array(value.utf8)
    try append(
      to: 0, partition: 0, key: nil, value: value.span, headers: [Header("n", "v")], timestamp: 1)
  }
}

@Suite(.ownThread) struct DeliveryTests {
  @Test func fullQueueDropsNothing() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, [("queue.buffering.max.messages", "10")])
    for index in 0..<500 { try producer.write("\(index)") }
    #expect(try producer.flush() == .committed)
    let values = try contents(broker.bootstrapServers, "out", count: 500).map(\.value)
    #expect(values == (0..<500).map { Array("\($0)".utf8) })
  }

  @Test func refusedDeliveryFailsTheCommit() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker)
    // 87 is INVALID_RECORD, which does not pass.
    broker.fail(.produce, with: [87])
    try producer.write("refused")
    #expect(try producer.flush() == .aborted)
    #expect(producer.counters.deliveryFailures == 1)
    // What failed is forgotten: the next one stands alone.
    try producer.write("taken")
    #expect(try producer.flush() == .committed)
    #expect(producer.counters.deliveryFailures == 1)
    let values = try contents(broker.bootstrapServers, "out", count: 1).map(\.value)
    #expect(values == [Array("taken".utf8)])
  }

  @Test func unreachableBrokerFailsTheCommit() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, [("message.timeout.ms", "1000")])
    broker.setDown(true)
    try producer.write("lost")
    #expect(try producer.flush() == .aborted)
    broker.setDown(false)
    #expect(producer.queuedRecords == 0)
  }

  @Test func refusedSizeLowersTheLimit() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker)
    let before = producer.bytesMax(of: 0)
    #expect(before == 1_000_000 - Producer.overheadBytes)
    // 10 is MSG_SIZE_TOO_LARGE.
    broker.fail(.produce, with: [10])
    try producer.write("12345")
    #expect(try producer.flush() == .aborted)
    #expect(producer.bytesMax(of: 0) == 4)
  }

  @Test func recordBeyondTheClientsLimitThrows() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, [("message.max.bytes", "2000")])
    do throws(KafkaError) {
      try producer.write(String(repeating: "x", count: 3000))
      Issue.record("a record beyond message.max.bytes was taken")
    } catch {
      #expect(error.subject == "topic out")
    }
  }

  @Test func transactionFailsWithItsDeliveries() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, transactionalId: "t")
    let consumer = try Consumer(
      properties: broker.properties, group: "g", topics: ["out"], log: { _, _ in })
    broker.fail(.produce, with: [87])
    try producer.write("refused")
    #expect(try producer.commitEmpty(of: consumer) == .aborted)
    // librdkafka may need another abort to start its sequence numbers anew.
    var attempts = 0
    repeat {
      attempts += 1
      try producer.write("taken")
    } while try producer.commitEmpty(of: consumer) == .aborted
      && attempts < 3
    #expect(producer.counters.commits == 1)
    #expect(Int(producer.counters.aborts) == attempts)
    let values = try contents(broker.bootstrapServers, "out", count: 1).map(\.value)
    #expect(values == [Array("taken".utf8)])
  }

  @Test func commitOfUnknownOutcomeIsAskedAgain() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, transactionalId: "t")
    let consumer = try Consumer(
      properties: broker.properties, group: "g", topics: ["out"], log: { _, _ in })
    try producer.write("once")
    // COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR, and a lost
    // connection.
    broker.fail(.endTransaction, with: [15, 14, 16, -195])
    #expect(try producer.commitEmpty(of: consumer) == .committed)
    #expect(producer.counters.aborts == 0)
  }

  @Test func fencedProducerThrows() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, transactionalId: "t")
    let consumer = try Consumer(
      properties: broker.properties, group: "g", topics: ["out"], log: { _, _ in })
    try producer.write("late")
    // 90 is PRODUCER_FENCED.
    broker.fail(.endTransaction, with: [90])
    do throws(KafkaError) {
      _ = try producer.commitEmpty(of: consumer)
      Issue.record("a fenced producer committed")
    } catch {
      #expect(error.code == .fenced)
      #expect(error.pipelineError.code == .fenced)
    }
  }

  @Test func nothingToCommitIsCommitted() throws {
    let broker = try EmbeddedBroker()
    var producer = try producer(broker, transactionalId: "t")
    let consumer = try Consumer(
      properties: broker.properties, group: "g", topics: ["out"], log: { _, _ in })
    #expect(try producer.commitEmpty(of: consumer) == .committed)
    #expect(producer.counters.commits == 0)
  }
}
