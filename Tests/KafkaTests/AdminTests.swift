import Kafka
import Pipeline
import Testing

@Suite(.ownThread) struct AdminTests {
  @Test func countsPartitionsOfTopicsThatExist() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("three", partitions: 3)
    let admin = try TopicAdmin(properties: broker.properties, log: { _, _ in })
    try admin.reach()
    #expect(try admin.partitionCounts(of: ["three"]) == ["three": 3])
    #expect(admin.settings(of: "three") == nil)
  }

  @Test func namesTheAddressThatDoesNotAnswer() throws {
    // Port 1 of the loopback interface refuses connections.
    let admin = try TopicAdmin(
      properties: [("bootstrap.servers", "127.0.0.1:1")], log: { _, _ in })
    var error: KafkaError?
    // The first may be over before the connection is tried.
    let deadline = ContinuousClock.now + .seconds(60)
    repeat {
      error = #expect(throws: KafkaError.self) { try admin.reach(timeout: .milliseconds(500)) }
      #expect(error?.subject == "bootstrap.servers 127.0.0.1:1")
    } while error?.reason.contains("refused") == false && ContinuousClock.now < deadline
    #expect(error?.reason.contains("refused") == true)
  }
}
