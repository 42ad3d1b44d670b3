import Pipeline
import Testing

/// Groups that begin, and topics that grow.
@Suite struct BeginningHistories {
  private let input = makeInput(seed: 17, partitions: 2, records: 300)

  private func history(_ cluster: SimulatedCluster, hasChangelog: Bool) -> History {
    History(
      cluster: cluster, members: 2, batch: 15, disks: [SimulatedDisk(), SimulatedDisk()],
      hasChangelog: hasChangelog)
  }

  @Test(
    "a new group learns its history in silence, amid crashes and aborts, then says the same",
    arguments: [false, true])
  func bootstrap(_ hasChangelog: Bool) throws {
    let calm = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: calm, members: 1, batch: 1000).run()
    let expected = sorted(calm.results).filter { $0.offset >= 200 }
    for seed in 1...20 as ClosedRange<UInt64> {
      let faults = SimulatedCluster.Faults(abort: 8, crash: 40, rebalance: 30, lost: 60)
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: faults)
      cluster.bootstrap = .init(first: 0, speaks: 200)
      let history = history(cluster, hasChangelog: hasChangelog)
      try history.run {
        cluster.committed.count == 2 && cluster.committed.values.contains { $0.offset > 100 }
      }
      // Fixed by now, whatever the clock says.
      cluster.bootstrap = .init(first: 50, speaks: 290)
      try history.run()
      #expect(sorted(cluster.results) == expected, "seed \(seed)")
    }
  }

  @Test func aNewGroupBeginsWhereItsHistoryDoes() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    cluster.bootstrap = .init(first: 120, speaks: 200)
    let counters = try History(cluster: cluster, members: 1, batch: 15).run()
    #expect(counters.received == 2 * (300 - 120) && counters.replayed == 2 * 80)
    #expect(cluster.results.allSatisfy { $0.offset >= 200 })
  }

  @Test func partitionsThatATopicGetsAreReadAndThatIsSaid() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    let history = history(cluster, hasChangelog: false)
    try history.run { cluster.committed.values.filter { $0.offset > 100 }.count == 2 }
    cluster.add(makeInput(seed: 18, partitions: 3, records: 100))
    let counters = try history.run()
    #expect(counters.addedPartitions == 3)
    #expect(cluster.isDone)
  }

  @Test func aTopicWithFewerPartitionsThanBeforeWasMadeAnewAndStopsTheEngine() throws {
    let metadata = OffsetMetadata(lineage: Lineage(start: 0, definition: 1, numerics: 1))
    var known = metadata
    known.partitions = 2
    var engine = try makeEngine(
      OfferingLink(committed: 5, logStart: 0, logEnd: 20, metadata: known.text, partitionCount: 1))
    #expect(throws: PipelineError.self) { _ = try engine.step() }
  }
}
