import Kafka
import Pipeline
import Testing

/// Errors of every request that a worker makes, one after the other: those that pass are outlived,
/// and the others say what they are.
@Suite(.ownThread) struct PassingErrorTests {
  /// A request, and Kafka's numbers for errors that pass: the coordinator loads (14), is not
  /// available (15) or has moved (16), the leader has moved (6), the time was over (7), another
  /// transaction is under way (51), the connection broke (−195).
  private static let passing: [(request: EmbeddedBroker.Request, errors: [Int32])] = [
    (.initProducerId, [14, 15, 16]), (.findCoordinator, [15]), (.joinGroup, [15, 16]),
    (.syncGroup, [16]), (.offsetFetch, [14, 16]), (.listOffsets, [6]), (.fetch, [6, -195]),
    (.produce, [6, 7, -195]), (.addPartitions, [14, 15, 51]), (.addOffsets, [14, 16, 51]),
    (.transactionOffsets, [14, 15, 16]), (.endTransaction, [14, 15, 16, 51, -195]),
  ]

  private func makeBroker() throws -> EmbeddedBroker {
    let broker = try EmbeddedBroker()
    try broker.createTopic("in", partitions: 1)
    try broker.createTopic("out", partitions: 1)
    var writer = try KafkaLink(settings(broker.bootstrapServers, group: "w", output: "in"))
    for index in 0..<3 { try writer.write("\(index)") }
    #expect(try writer.commitNow([]) == .committed)
    try writer.close()
    return broker
  }

  private func link(_ broker: EmbeddedBroker) throws -> KafkaLink {
    try KafkaLink(
      settings(
        broker.bootstrapServers, guarantee: .exactlyOnce, extra: [("fetch.wait.max.ms", "20")]))
  }

  private let offset = CommittedOffset(
    partition: TopicPartition(topic: 0, partition: 0), offset: 3, metadata: "m")

  /// Reads what there is and answers it in one transaction.
  private func work(_ link: inout KafkaLink) throws -> CommitOutcome? {
    for record in try link.read(3) {
      try link.write(String(decoding: record.value ?? [], as: UTF8.self))
    }
    return try link.commitNow([offset])
  }

  @Test(arguments: passing.indices)
  func outlived(_ index: Int) throws {
    let (request, errors) = Self.passing[index]
    let broker = try makeBroker()
    broker.fail(request, with: errors)
    var link = try link(broker)
    _ = try link.join()
    #expect(try work(&link) == .committed, "\(request)")
    #expect(link.counters.commits == 1 && link.counters.aborts == 0)
    try link.close()
    let values = try contents(broker.bootstrapServers, "out", count: 3).map(\.value)
    #expect(values == (0..<3).map { Array("\($0)".utf8) }, "\(request)")
  }

  /// The group has moved on (22, 25, 27), or the topic may not be written now (29).
  @Test(
    arguments: [(.transactionOffsets, 22), (.transactionOffsets, 25), (.addPartitions, 29)]
      as [(EmbeddedBroker.Request, Int32)])
  func aborts(_ request: EmbeddedBroker.Request, _ error: Int32) throws {
    let broker = try makeBroker()
    var link = try link(broker)
    _ = try link.join()
    broker.fail(request, with: [error])
    #expect(try work(&link) == .aborted, "\(request) \(error)")
    // Rewound, it does the same again.
    try link.assign([PartitionStart(partition: offset.partition, offset: 0)])
    #expect(try work(&link) == .committed)
    try link.close()
  }

  /// Another has taken this one's place: its producer's (47, 90) or its own in the group (82).
  @Test(
    arguments: [(.addPartitions, 47), (.transactionOffsets, 82), (.endTransaction, 90)]
      as [(EmbeddedBroker.Request, Int32)])
  func fences(_ request: EmbeddedBroker.Request, _ error: Int32) throws {
    let broker = try makeBroker()
    var link = try link(broker)
    _ = try link.join()
    broker.fail(request, with: [error])
    var code: PipelineError.Code?
    do {
      _ = try work(&link)
    } catch let error as PipelineError {
      code = error.code
    }
    #expect(code == .fenced, "\(request) \(error)")
  }
}
