import Pipeline
import Testing

/// Saved models that are not those that the group's offset names.
@Suite struct LineageTests {
  private let input = makeInput(seed: 31, partitions: 1, records: 400)
  private let place = TopicPartition(topic: 0, partition: 0)

  private func reference() throws -> [SimulatedResult] {
    let cluster = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000).run()
    return sorted(cluster.results)
  }

  /// A run that was stopped midway, and what it saved.
  private func half(seed: UInt64) throws -> (cluster: SimulatedCluster, disk: SimulatedDisk) {
    let cluster = SimulatedCluster(partitions: input, seed: seed, faults: .init())
    let disk = SimulatedDisk()
    try History(cluster: cluster, members: 1, batch: 4, disks: [disk]).run {
      disk.watermark(of: place) ?? 0 > 30
    }
    try #require(!cluster.isDone)
    return (cluster, disk)
  }

  /// Rule 7.
  @Test func modelsOfAnotherPastAreNotUsed() throws {
    let (cluster, disk) = try half(seed: 1)
    // The group's offset names models that were learned from elsewhere; the disk has others.
    disk.partitions[place]?.manifest?.lineage.start = 7
    let counters = try History(cluster: cluster, members: 1, batch: 20, disks: [disk]).run()
    #expect(counters.restoredStreams == 0 && counters.replayed > 30)
    #expect(sorted(cluster.results) == (try reference()))
  }

  /// Rule 8: what another version of the network left that cannot be read is learned again.
  @Test func modelsOfAVersionThatCannotBeReadAreLearnedAgain() throws {
    let (cluster, disk) = try half(seed: 2)
    disk.partitions[place]?.manifest?.lineage.numerics -= 1
    let committed = try #require(cluster.committed[place])
    var metadata = try #require(OffsetMetadata(text: committed.metadata))
    metadata.lineage.numerics -= 1
    cluster.committed[place]?.metadata = metadata.text
    let counters = try History(cluster: cluster, members: 1, batch: 20, disks: [disk]).run()
    #expect(counters.restoredStreams == 0 && counters.replayed == committed.offset)
    #expect(sorted(cluster.results) == (try reference()))
    #expect(!cluster.results.contains { $0.text.contains("\"kind\":\"reset\"") })
  }

  /// Rule 7: models are kept where the operator said so, though the daemon dies before a commit
  /// names their lineage.
  @Test func modelsThatAreKeptOutliveADeathBeforeTheNextCommit() throws {
    let (cluster, disk) = try half(seed: 3)
    let committed = try #require(cluster.committed[place]).offset
    let watermark = try #require(disk.watermark(of: place))
    try #require(watermark + 2 < committed)
    cluster.logStarts[place] = watermark + 1
    var definition = try simulatedDefinition()
    definition.state.onMismatch = .keep
    func makeWorker() throws -> Worker {
      try Worker(on: cluster, disk, batch: 2, definition: definition)
    }
    // It dies while it learns in silence, when some of that is saved.
    let worker = try makeWorker()
    while disk.partitions[place]?.manifest?.lineage.isKept != true { try worker.step() }
    let named = try #require(OffsetMetadata(text: cluster.committed[place]?.metadata ?? ""))
    #expect(!named.lineage.isKept, "a commit came first: nothing is proved")
    worker.die()
    cluster.leave(worker.member)
    let next = try makeWorker()
    while !cluster.isDone { try next.step() }
    #expect(next.counters.restoredStreams > 0)
    let last = try #require(OffsetMetadata(text: cluster.committed[place]?.metadata ?? ""))
    #expect(last.lineage.isKept && last.lineage.start == watermark + 1)
  }
}
