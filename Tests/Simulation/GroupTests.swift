import Evaluation
import Pipeline
import Testing

/// Saved groups that somebody has had hands on.
@Suite struct GroupTests {
  private let input = makeGroupInput(seed: 29, partitions: 1, records: 600)

  /// A run that is stopped when half of the records are answered, and what it saved.
  private func half() throws -> (cluster: SimulatedCluster, disk: SimulatedDisk) {
    let cluster = SimulatedCluster(partitions: input, seed: 3, faults: .init())
    let disk = SimulatedDisk()
    try history(cluster, disk).run { cluster.results.count > 300 && !disk.partitions.isEmpty }
    return (cluster, disk)
  }

  private func history(_ cluster: SimulatedCluster, _ disk: SimulatedDisk) -> History {
    History(cluster: cluster, members: 1, batch: 20, disks: [disk], isGrouped: true)
  }

  private func results(_ cluster: SimulatedCluster) -> [String] {
    cluster.results.filter { $0.output == .predictions }.sorted { $0.offset < $1.offset }
      .map(\.text)
  }

  /// Replaces what is saved by what a reader makes of it.
  private func rewrite(
    _ disk: SimulatedDisk,
    _ body: (SavedModelReader, _ key: [UInt8], _ form: [UInt8], inout Slice) -> Void
  ) throws {
    let reader = SavedModelReader(try simulatedDefinition(isGrouped: true))
    for (partition, saved) in disk.partitions {
      var slice = Slice(partition, manifest: try #require(saved.manifest))
      for (key, form) in saved.models { body(reader, key, form, &slice) }
      let written = slice
      #expect(written.count == saved.models.count)
      for index in 0..<written.count {
        let key = written.key(at: index)
        let name = key.indices.map { key[$0] }
        let form = written.form(at: index)
        disk.partitions[partition]?.models[name] = form.indices.map { form[$0] }
      }
    }
  }

  @Test func aGroupIsSavedAsAStreamEachAndABoard() throws {
    let disk = try half().disk
    let names = disk.partitions.values.flatMap(\.models.keys).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(names.sorted() == ["a/", "a/1", "a/2", "a/3"])
  }

  @Test func aGroupThatIsMovedHearsWhatItHeard() throws {
    let undisturbed = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: undisturbed, members: 1, batch: 1000, isGrouped: true).run()
    let (cluster, disk) = try half()
    try rewrite(disk) { reader, key, form, slice in
      let isSound = reader.append(form.span, key: key.span, to: &slice)
      #expect(isSound)
    }
    try history(cluster, disk).run()
    #expect(results(cluster) == results(undisturbed))
  }

  @Test func aGroupGoesOnTheSameWayHoweverOftenItIsInterruptedAfterOneIsReset() throws {
    var said: Set<[String]> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let (cluster, disk) = try half()
      try rewrite(disk) { reader, key, form, slice in
        if key == Array("a/2".utf8) {
          reader.appendNew(key.span, to: &slice)
        } else {
          let isSound = reader.append(form.span, key: key.span, to: &slice)
          #expect(isSound)
        }
      }
      cluster.random = SplitMix64(seed: seed)
      if seed > 1 { cluster.faults = .init(abort: 8, crash: 40, disk: 10) }
      var rest = history(cluster, disk)
      rest.memory = seed % 2 == 0 ? 50_000 : .max
      try rest.run()
      said.insert(results(cluster))
    }
    #expect(said.count == 1)
  }
}
