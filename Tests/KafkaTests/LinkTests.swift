import Kafka
import Pipeline
import Testing

@Suite(.ownThread) struct LinkTests {
  @Test func roundTripKeepsKeysHeadersAndTimes() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("in", partitions: 2)
    try broker.createTopic("out", partitions: 2)
    // Writes to `in` and reads it back.
    var link = try KafkaLink(settings(broker.bootstrapServers, output: "in"))
    let headers = [
      Header(name: [0xff, 0x41], value: [0, 255, 1]), Header(name: [0x42], value: nil),
      Header(name: [0x42], value: []),
    ]
    try link.write("null key", key: nil, timestamp: 1)
    try link.write("empty key", key: [], timestamp: 2)
    try link.write("a key", key: [1, 0, 2], partition: 3, headers: headers, timestamp: 3)
    #expect(try link.commitNow([]) == .committed)

    let offers = try link.join()
    #expect(offers.map(\.partition.partition) == [0, 1])
    #expect(offers.map(\.committed) == [nil, nil])
    #expect(offers.map(\.logEnd) == [2, 1])
    let records = try link.read(3).sorted { $0.timestamp < $1.timestamp }
    try #require(records.count == 3)
    #expect(records.map(\.timestamp) == [1, 2, 3])
    #expect(records[0].key == nil)
    #expect(records[1].key == [])
    #expect(records[2].key == [1, 0, 2])
    #expect(records.map(\.partition.partition) == [0, 0, 1])
    #expect(records[2].headers == headers)
    #expect(records[0].headers == [])
    #expect(records[0].value == Array("null key".utf8))

    let partition = TopicPartition(topic: 0, partition: 0)
    let committed = CommittedOffset(partition: partition, offset: 1, metadata: "lineage=ä")
    #expect(try link.commitNow([committed]) == .committed)
    // Rewinding: nothing that was fetched before may surface.
    try link.assign([PartitionStart(partition: partition, offset: 1)])
    #expect(try link.read(1).map(\.offset) == [1])
    try link.close()

    var next = try KafkaLink(settings(broker.bootstrapServers))
    let again = try next.join()
    #expect(again.map(\.committed) == [1, nil])
    #expect(again.map(\.metadata) == ["lineage=ä", ""])
    try next.close()
  }
}
