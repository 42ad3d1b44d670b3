import Pipeline
import Testing

/// How records end that cannot be answered as they are.
@Suite struct DispositionTests {
  @Test func aResultThatItsTopicWouldRefuseMakesItsRecordADeadLetter() throws {
    let records = (0..<3).map { index in
      let size = index == 1 ? 1_100_000 : 1
      return SimulatedCluster.InputRecord(
        key: Array(repeating: UInt8(ascii: "k"), count: size),
        value: Array("{\"s\":\"a\",\"ts\":\(1_700_000_000 + index),\"t\":1}".utf8),
        timestamp: 1_700_000_000_000)
    }
    let cluster = SimulatedCluster(partitions: [records], seed: 0, faults: .init())
    let counters = try History(cluster: cluster, members: 1, batch: 10).run()
    #expect(counters.predicted == 2)
    #expect(counters.deadLettered == 1)
    let outputs = cluster.results.sorted { $0.offset < $1.offset }.map(\.output)
    #expect(outputs == [.predictions, .deadLetters, .predictions])
  }
}
