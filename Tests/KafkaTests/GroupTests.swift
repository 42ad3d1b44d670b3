import Kafka
import Pipeline
import Testing

@Suite(.ownThread) struct GroupTests {
  @Test func twoMembersShareTheTopic() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("in", partitions: 4)
    try broker.createTopic("out", partitions: 1)
    var first = try KafkaLink(settings(broker.bootstrapServers))
    #expect(try first.join().count == 4)
    var second = try KafkaLink(settings(broker.bootstrapServers, worker: 1))
    // Each is polled in turn, as each of two threads would poll its own.
    var revocations: [Bool] = []
    var shares: [[Int32]?] = [nil, nil]
    let deadline = ContinuousClock.now + .seconds(120)
    while shares.contains(nil), ContinuousClock.now < deadline {
      switch try first.poll(timeout: .milliseconds(50)) {
      case .revoked(let lost):
        revocations.append(lost)
        shares[0] = nil
        try first.unassign()
      case .assigned(let offers):
        shares[0] = offers.map(\.partition.partition)
        try first.assign(offers.map { PartitionStart(partition: $0.partition, offset: 0) })
      default: break
      }
      switch try second.poll(timeout: .milliseconds(50)) {
      case .revoked(let lost):
        revocations.append(lost)
        shares[1] = nil
        try second.unassign()
      case .assigned(let offers):
        shares[1] = offers.map(\.partition.partition)
        try second.assign(offers.map { PartitionStart(partition: $0.partition, offset: 0) })
      default: break
      }
    }
    #expect(!revocations.isEmpty && !revocations.contains(true))
    #expect(shares.compactMap { $0?.count } == [2, 2])
    #expect(Set(shares.compactMap { $0 }.joined()) == [0, 1, 2, 3])
    try second.close()
    try first.close()
  }

  @Test func offsetOutsideTheLogIsAnError() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("in", partitions: 1)
    try broker.createTopic("out", partitions: 1)
    var link = try KafkaLink(settings(broker.bootstrapServers))
    _ = try link.join()
    let partition = TopicPartition(topic: 0, partition: 0)
    try link.assign([PartitionStart(partition: partition, offset: 77)])
    let deadline = ContinuousClock.now + .seconds(120)
    var error: PipelineError?
    while error == nil, ContinuousClock.now < deadline {
      do throws(PipelineError) {
        _ = try link.poll(timeout: .milliseconds(100))
      } catch let thrown {
        error = thrown
      }
    }
    #expect(error?.code == .outOfRange)
    #expect(error?.subject == "topic in partition 0 offset 77")
    try link.close()
  }

  @Test func missingTopicsAreNamed() throws {
    // Embedded brokers create what they are asked for; a pattern is refused before it is asked for.
    let broker = try EmbeddedBroker()
    #expect {
      _ = try Consumer(
        properties: broker.properties, group: "g", topics: ["^in.*"], log: { _, _ in })
    } throws: {
      ($0 as? KafkaError)?.subject == "topic ^in.*"
    }
  }
}
