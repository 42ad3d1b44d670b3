import Pipeline
import Testing

/// Models that follow their partitions from one disk to another.
@Suite struct ChangelogTests {
  private let input = makeInput(seed: 13, partitions: 2, records: 300)

  private func reference() throws -> [SimulatedResult] {
    let cluster = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000).run()
    return sorted(cluster.results)
  }

  /// A worker on one machine until `count` results are committed, then one on another machine.
  private func move(after count: Int) throws -> (
    results: [SimulatedResult], counters: Counters
  ) {
    let cluster = SimulatedCluster(partitions: input, seed: UInt64(count), faults: .init())
    var history = History(cluster: cluster, members: 1, batch: 20, disks: [SimulatedDisk()])
    history.hasChangelog = true
    history.forgets = true
    try history.run {
      cluster.results.count > count && cluster.logStarts.values.contains { $0 > 0 }
    }
    history.disks = [SimulatedDisk()]
    let counters = try history.run()
    return (sorted(cluster.results), counters)
  }

  @Test(arguments: [40, 150, 400])
  func modelsMoveThoughTheLogHasForgottenWhatTheyLearned(_ count: Int) throws {
    let moved = try move(after: count)
    #expect(moved.results == (try reference()))
    #expect(moved.counters.filledStreams > 0)
  }

  @Test func aChangelogThatIsAddedLaterGetsAllModels() throws {
    let disk = SimulatedDisk()
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    var history = History(cluster: cluster, members: 1, batch: 20, disks: [disk])
    history.memory = 60_000
    try history.run { cluster.results.count > 200 }
    history.hasChangelog = true
    history.forgets = true
    try history.run { cluster.results.count > 250 }
    history.disks = [SimulatedDisk()]
    let counters = try history.run()
    #expect(sorted(cluster.results) == (try reference()))
    #expect(counters.filledStreams > 0)
  }

  @Test func modelsThatAnotherPastHasLeftInAChangelogAreNotUsed() throws {
    let calm = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    calm.beginAnew(from: 170)
    try History(cluster: calm, members: 1, batch: 1000).run()
    let cluster = SimulatedCluster(partitions: input, seed: 5, faults: .init())
    var history = History(cluster: cluster, members: 1, batch: 10, disks: [SimulatedDisk()])
    history.hasChangelog = true
    // One stream in four is silent from the 150th record to the 270th.
    try history.run { cluster.committed.values.filter { $0.offset > 150 }.count == 2 }
    cluster.beginAnew(from: 170)
    let before = cluster.results.count
    history.disks = [SimulatedDisk()]
    try history.run { cluster.committed.values.filter { $0.offset > 200 }.count == 2 }
    history.disks = [SimulatedDisk()]
    let counters = try history.run()
    #expect(sorted(Array(cluster.results.dropFirst(before))) == sorted(calm.results))
    #expect(counters.filledStreams > 0)
  }

  @Test func aChangelogThatWasDeletedIsNotWaitedForForEver() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 3, faults: .init())
    var history = History(cluster: cluster, members: 1, batch: 20, disks: [SimulatedDisk()])
    history.hasChangelog = true
    try history.run { cluster.results.count > 200 }
    cluster.changelog = SimulatedChangelog()
    history.disks = [SimulatedDisk()]
    let counters = try history.run()
    #expect(sorted(cluster.results) == (try reference()))
    #expect(counters.filledStreams == 0 && counters.replayed > 100)
  }
}
