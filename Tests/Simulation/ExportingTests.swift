import Evaluation
import Pipeline
import Testing

/// All models, taken while engines work, and groups that are put in.
@Suite struct ExportingTests {
  private let place = TopicPartition(topic: 0, partition: 0)

  private func offset(_ cluster: SimulatedCluster) -> Int64 {
    cluster.committed[place]?.offset ?? 0
  }

  /// Takes all models of a partition, so many bytes at a time, and learns on in between.
  private func pages(
    _ worker: Worker, byteCount: Int = 1, meanwhile: () throws -> Void = {}
  ) throws -> [[ArchivedModel]] {
    var pages: [[ArchivedModel]] = []
    var request: ModelPage.Request? = ModelPage.Request(of: place, byteCount: byteCount)
    while let wanted = request {
      guard case .page(let page)? = worker.ask(.page(wanted)).first else {
        Issue.record("no page after \(pages.count)")
        return []
      }
      pages.append(page.models)
      request = page.next
      try meanwhile()
    }
    return pages
  }

  /// What is saved, as the pages of a partition have it.
  private func saved(_ disk: SimulatedDisk) -> [[UInt8]] {
    let models = disk.partitions[place]?.models ?? [:]
    return models.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  @Test("all models come once, in order, as of the request at least, while the worker works")
  func all() throws {
    for (memory, hasChangelog) in [(Int.max, false), (60_000, false), (Int.max, true)] {
      let cluster = SimulatedCluster(
        partitions: makeInput(seed: 41, partitions: 1, records: 400), seed: 1, faults: .init())
      let disk = SimulatedDisk()
      let worker = try Worker(
        on: cluster, disk, batch: 10, memory: memory, hasChangelog: hasChangelog)
      while offset(cluster) < 200 { try worker.step() }
      let learned = worker.streams(.score, count: 10)
      let models = try pages(worker) { try worker.step() }.flatMap(\.self)
      let names = models.map { String(decoding: $0.key, as: UTF8.self) }
      #expect(names == ["s0-0", "s0-1", "s0-2", "s0-3"])
      let reader = SavedModelReader(try simulatedDefinition())
      for model in models {
        let found = reader.summary(of: model.form.span, key: model.key.span, in: place)
        let summary = try #require(found)
        let before = learned.first { $0.name == model.key }?.events ?? 0
        #expect(summary.events >= before && summary.events > 0)
      }
      // Idle, they are what is on the disk, which is what a stopped daemon exports.
      while !cluster.isDone { try worker.step() }
      let idle = try pages(worker, byteCount: 1 << 20).flatMap(\.self)
      #expect(idle.map(\.form) == saved(disk))
      #expect(disk.watermark(of: place) == 400)
    }
  }

  @Test("pages cannot be had where models are not, cannot be saved, or are being restored")
  func refusals() throws {
    let cluster = SimulatedCluster(
      partitions: makeInput(seed: 42, partitions: 1, records: 300), seed: 2, faults: .init())
    let disk = SimulatedDisk()
    let worker = try Worker(on: cluster, disk, batch: 10)
    while offset(cluster) < 200 { try worker.step() }
    let other = ModelPage.Request(of: TopicPartition(topic: 0, partition: 7))
    #expect(worker.change(.page(other)) == nil)
    cluster.faults = .init(disk: 1)
    let own = ModelPage.Request(of: place)
    // Once what was on its way to the disk has met it.
    let met = (0..<100).lazy.compactMap { _ in worker.change(.page(own))?.reason }.first
    #expect(met?.contains("saved") == true)
    #expect(worker.change(.page(own))?.reason?.contains("cannot be saved now") == true)
    worker.die()
    cluster.leave(worker.member)
    let storeless = Worker(
      try makeEngine(SimulatedLink(cluster: cluster, batch: 20)), member: 99, store: nil)
    while storeless.streams(.score, count: 1).isEmpty { try storeless.step() }
    #expect(storeless.change(.page(own))?.reason?.contains("saves no models") == true)
  }

  private func half(
    _ disk: SimulatedDisk, memory: Int = .max, hasChangelog: Bool = false
  ) throws -> (cluster: SimulatedCluster, worker: Worker) {
    let cluster = SimulatedCluster(
      partitions: makeGroupInput(seed: 29, partitions: 1, records: 600), seed: 3, faults: .init())
    let worker = try Worker(
      on: cluster, disk, batch: 10, memory: memory, hasChangelog: hasChangelog, isGrouped: true)
    while offset(cluster) < 150 { try worker.step() }
    return (cluster, worker)
  }

  @Test("a group comes in one page, however small pages are, as of one offset")
  func groups() throws {
    let disk = SimulatedDisk()
    let (cluster, worker) = try half(disk)
    for _ in 0..<5 {
      let pages = try pages(worker) { try worker.step() }
      let names = pages.map { page in page.map { String(decoding: $0.key, as: UTF8.self) } }
      #expect(names.filter { !$0.isEmpty } == [["a/", "a/1", "a/2", "a/3"]])
    }
    #expect(!cluster.isDone)
  }

  private func results(_ cluster: SimulatedCluster) -> [String] {
    sorted(cluster.results).filter { $0.output == .predictions }.map(\.text)
  }

  @Test("a group that was taken out whole and put in again goes on as if nothing had happened")
  func restored() throws {
    let undisturbed = SimulatedCluster(
      partitions: makeGroupInput(seed: 29, partitions: 1, records: 600), seed: 0, faults: .init())
    try History(cluster: undisturbed, members: 1, batch: 1000, isGrouped: true).run()
    for (memory, hasChangelog) in [(Int.max, false), (50_000, false), (Int.max, true)] {
      let disk = SimulatedDisk()
      let (cluster, worker) = try half(disk, memory: memory, hasChangelog: hasChangelog)
      let models = try pages(worker).flatMap(\.self)
      #expect(models.count == 4)
      #expect(worker.change(.reset(Array("a/2".utf8))) == .changed(1))
      #expect(worker.change(.replace(models)) == .changed(4))
      worker.die()
      cluster.leave(worker.member)
      var history = History(
        cluster: cluster, members: 1, batch: 20,
        disks: [hasChangelog ? SimulatedDisk() : disk], isGrouped: true)
      history.memory = memory
      history.hasChangelog = hasChangelog
      try history.run()
      #expect(results(cluster) == results(undisturbed))
    }
  }

  /// The board is the older one, too, and all of it is as of one offset: a replay hears the same.
  @Test("a group that goes back to older models says the same whatever dies, moves or fails then")
  func older() throws {
    // By the offsets that decide what is said: memory and changelogs commit at others.
    var said: [[Int64]: Set<[String]>] = [:]
    for seed in 1...20 as ClosedRange<UInt64> {
      let disk = SimulatedDisk()
      let hasChangelog = seed % 3 == 0
      let memory = seed % 2 == 0 ? 50_000 : Int.max
      let (cluster, worker) = try half(disk, memory: memory, hasChangelog: hasChangelog)
      let models = try pages(worker).flatMap(\.self)
      let taken = offset(cluster)
      while offset(cluster) < 300 { try worker.step() }
      let newer = try pages(worker).flatMap(\.self)
      #expect(worker.change(.replace(models)) == .changed(4))
      let now = try pages(worker).flatMap(\.self)
      func blocks(_ models: [ArchivedModel]) -> [UInt8] { Array(models[0].form[32...].dropLast(8)) }
      #expect(blocks(now) == blocks(models) && blocks(now) != blocks(newer))
      let put = offset(cluster)
      worker.die()
      cluster.leave(worker.member)
      cluster.random = SplitMix64(seed: seed)
      if seed > 1 { cluster.faults = .init(abort: 8, crash: 40, rebalance: 20, disk: 10) }
      var history = History(
        cluster: cluster, members: 2, batch: 15,
        disks: hasChangelog ? [SimulatedDisk(), disk] : [disk], isGrouped: true)
      history.memory = memory
      history.hasChangelog = hasChangelog
      try history.run()
      said[[taken, put], default: []].insert(results(cluster))
    }
    #expect(said.count < 5 && said.values.allSatisfy { $0.count == 1 })
  }

  @Test("a group is put in whole, or not at all")
  func incomplete() throws {
    let disk = SimulatedDisk()
    let (cluster, worker) = try half(disk)
    let models = try pages(worker).flatMap(\.self)
    for missing in models.indices {
      var some = models
      some.remove(at: missing)
      #expect(worker.change(.replace(some))?.reason?.contains("not whole") == true)
    }
    var damaged = models
    damaged[0].form[40] ^= 1
    #expect(worker.change(.replace(damaged))?.reason?.contains("damaged") == true)
    #expect(try pages(worker).flatMap(\.self) == models)
    #expect(worker.change(.reset(Array("a/".utf8))) == nil)
    // Another stream takes a place that these models do not know of.
    while !cluster.isDone { try worker.step() }
    let time = 1_800_000_000
    cluster.append(
      [
        .init(
          key: Array("a".utf8),
          value: Array("{\"g\":\"a\",\"s\":\"9\",\"ts\":\(time),\"t\":1}".utf8),
          timestamp: Int64(time) * 1000)
      ], to: 0)
    while !cluster.isDone { try worker.step() }
    #expect(worker.change(.replace(models))?.reason?.contains("has streams now") == true)
  }
}
