import Evaluation
import Pipeline
import Synchronization
import Testing

/// Models that an operator resets, takes out and puts in while engines work.
@Suite struct ChangingTests {
  private let input = makeInput(seed: 23, partitions: 2, records: 400)
  private let stream = Array("s0-1".utf8)

  /// What would have been said of the stream if its records before `offset` had been no events.
  private func saidOfNew(from offset: Int64) throws -> [String] {
    var input = self.input
    for index in 0..<Int(offset) where isOfStream(input[0][index]) {
      input[0][index].value = Array("{".utf8)
    }
    let cluster = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000).run()
    return said(cluster, from: offset)
  }

  private func isOfStream(_ record: SimulatedCluster.InputRecord) -> Bool {
    String(decoding: record.value ?? [], as: UTF8.self).contains("\"s0-1\"")
  }

  /// What was said of the stream from an offset on, resets aside.
  private func said(_ cluster: SimulatedCluster, from offset: Int64) -> [String] {
    sorted(cluster.results).filter {
      $0.source.partition == 0 && $0.offset >= offset && $0.text.contains("\"stream\":\"s0-1\"")
        && !$0.text.contains("\"kind\":\"reset\"")
    }.map(\.text)
  }

  private func resets(_ cluster: SimulatedCluster) -> Int {
    cluster.results.count { $0.text.contains("\"kind\":\"reset\"") }
  }

  private func offset(_ cluster: SimulatedCluster) -> Int64 {
    cluster.committed[TopicPartition(topic: 0, partition: 0)]?.offset ?? 0
  }

  /// A worker that has answered some of the records, the stream's among them.
  private func half(
    _ cluster: SimulatedCluster, _ disk: SimulatedDisk, memory: Int = .max,
    hasChangelog: Bool = false
  ) throws -> Worker {
    let worker = try Worker(
      on: cluster, disk, batch: 20, memory: memory, hasChangelog: hasChangelog)
    while offset(cluster) < 100 { try worker.step() }
    return worker
  }

  @Test("a stream that was reset is new, whatever dies, moves or fails from then on")
  func reset() throws {
    for seed in 1...40 as ClosedRange<UInt64> {
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: .init())
      let hasChangelog = seed % 2 == 0
      let memory = seed % 3 == 0 ? 60_000 : Int.max
      let disk = SimulatedDisk()
      let worker = try half(cluster, disk, memory: memory, hasChangelog: hasChangelog)
      #expect(worker.change(.reset(stream)) == .changed(1))
      let from = offset(cluster)
      worker.die()
      cluster.leave(worker.member)
      cluster.faults = .init(abort: 8, crash: 40, rebalance: 20, lost: 60, disk: 8)
      var history = History(
        cluster: cluster, members: 2, batch: 15,
        disks: hasChangelog ? [SimulatedDisk(), disk] : [disk])
      history.memory = memory
      history.hasChangelog = hasChangelog
      try history.run()
      #expect(said(cluster, from: from) == (try saidOfNew(from: from)), "seed \(seed)")
      #expect(resets(cluster) == 1)
    }
  }

  @Test("a machine that had the partition before does not go on from what it has of the stream")
  func stale() throws {
    let (old, new) = (SimulatedDisk(), SimulatedDisk())
    let cluster = SimulatedCluster(
      partitions: input.map { Array($0.prefix(200)) }, seed: 2, faults: .init())
    for disk in [old, new] {
      let worker = try Worker(on: cluster, disk, batch: 20, hasChangelog: true)
      let id = TopicPartition(topic: 0, partition: 0)
      while !cluster.isDone || disk.watermark(of: id) != 200 { try worker.step() }
      // Not before it is restored.
      if disk === new {
        while worker.change(.reset(stream)) != .changed(1) { try worker.step() }
      }
      worker.die()
      cluster.leave(worker.member)
    }
    for partition in 0..<2 { cluster.append(Array(input[partition].dropFirst(200)), to: partition) }
    var history = History(cluster: cluster, members: 1, batch: 20, disks: [old])
    history.hasChangelog = true
    let counters = try history.run()
    #expect(counters.filledStreams > 0)
    #expect(said(cluster, from: 200) == (try saidOfNew(from: 200)))
  }

  @Test("a worker that kept the partition in memory hears of it, too")
  func kept() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 4, faults: .init())
    let disk = SimulatedDisk()
    var workers = [try half(cluster, disk)]
    workers.append(try Worker(on: cluster, disk, batch: 20))
    var changed = 0
    var from: Int64 = 0
    // The partition goes to and fro; whoever has it first after the second came is asked.
    for step in 0..<50_000 where !cluster.isDone {
      try workers[step % 2].step()
      if step % 150 == 149 { cluster.rebalance() }
      guard changed == 0, offset(cluster) > 150 else { continue }
      if workers[1].change(.reset(stream)) == .changed(1) {
        changed += 1
        from = offset(cluster)
      }
    }
    #expect(changed == 1)
    #expect(said(cluster, from: from) == (try saidOfNew(from: from)))
  }

  /// The first is given up by the group while nothing comes, and keeps what it has in memory.
  @Test(
    "a worker that kept the partition in memory hears of it, though no record has come since",
    arguments: [false, true])
  func keptIdle(hasChangelog: Bool) throws {
    let place = TopicPartition(topic: 0, partition: 0)
    let cluster = SimulatedCluster(
      partitions: [Array(input[0].prefix(200))], seed: 8, faults: .init())
    let disk = SimulatedDisk()
    let first = try Worker(on: cluster, disk, batch: 20, hasChangelog: hasChangelog)
    while !cluster.isDone || disk.watermark(of: place) != 200 { try first.step() }
    cluster.expel(first.member)
    let second = try Worker(
      on: cluster, hasChangelog ? SimulatedDisk() : disk, batch: 20, hasChangelog: hasChangelog)
    while second.change(.reset(stream)) != .changed(1) { try second.step() }
    second.die()
    cluster.leave(second.member)
    cluster.append(Array(input[0].dropFirst(200)), to: 0)
    while !cluster.isDone { try first.step() }
    #expect(said(cluster, from: 200) == (try saidOfNew(from: 200)))
    #expect(resets(cluster) == 1)
  }

  @Test("a model that was taken out and put in again goes on as if nothing had happened")
  func replaced() throws {
    let undisturbed = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: undisturbed, members: 1, batch: 1000).run()
    for memory in [Int.max, 60_000] {
      let cluster = SimulatedCluster(partitions: input, seed: 5, faults: .init())
      let disk = SimulatedDisk()
      let worker = try half(cluster, disk, memory: memory)
      let models = worker.models(stream)
      #expect(models.map(\.partition) == [0] && models.map(\.key) == [stream])
      var writer = JSONWriter()
      for model in models { model.write(into: &writer) }
      let read = try ArchivedModel.read(writer.bytes).get()
      #expect(read == models)
      #expect(worker.change(.reset(stream)) == .changed(1))
      #expect(worker.models(stream) != models)
      #expect(worker.change(.replace(models)) == .changed(1))
      let from = offset(cluster)
      worker.die()
      cluster.leave(worker.member)
      var history = History(cluster: cluster, members: 1, batch: 20, disks: [disk])
      history.memory = memory
      try history.run()
      #expect(said(cluster, from: from) == said(undisturbed, from: from))
    }
  }

  @Test("what cannot be changed is refused, and why")
  func refusals() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 6, faults: .init())
    let disk = SimulatedDisk()
    let worker = try half(cluster, disk)
    var models = worker.models(stream)
    #expect(worker.models(Array("nobody".utf8)).isEmpty)
    #expect(worker.change(.reset(Array("nobody".utf8))) == nil)
    let sound = models
    models[0].partition = 7
    #expect(worker.change(.replace(models)) == nil)
    models = sound
    models[0].form[100] ^= 1
    #expect(worker.change(.replace(models))?.reason?.contains("damaged") == true)
    // Nothing of it was taken.
    #expect(worker.models(stream) == sound)
    // The disk takes nothing.
    cluster.faults = .init(disk: 1)
    #expect(worker.change(.reset(stream))?.reason?.contains("not saved") == true)
    #expect(worker.change(.reset(stream))?.reason?.contains("cannot be saved now") == true)
    worker.die()
    cluster.leave(worker.member)
    let engine = try makeEngine(SimulatedLink(cluster: cluster, batch: 20))
    let storeless = Worker(engine, member: 99, store: nil)
    while storeless.models(stream).isEmpty { try storeless.step() }
    #expect(storeless.change(.reset(stream))?.reason?.contains("saves no models") == true)
  }

  @Test("what is told of a change names the partition and the stream")
  func fields() throws {
    let messages = Mutex<[LogMessage]>([])
    let log = Journal { _, message in messages.withLock { $0.append(message) } }
    let cluster = SimulatedCluster(partitions: [input[0]], seed: 7, faults: .init())
    let store = SimulatedStore(disk: SimulatedDisk(), cluster: cluster)
    let link = SimulatedLink(cluster: cluster, batch: 20)
    let member = link.member
    let worker = Worker(
      try makeEngine(link, store: store, log: log), member: member, store: store)
    while offset(cluster) < 100 { try worker.step() }
    #expect(worker.change(.reset(stream)) == .changed(1))
    let told = messages.withLock { $0 }
    let reset = try #require(told.last { $0.text.contains("new") })
    #expect(reset.text == "sensors[0]: an operator made s0-1 new")
    #expect(reset.place == RecordPlace(topic: "sensors", partition: 0))
    #expect(reset.stream == "s0-1")
    let given = try #require(told.first { $0.text.contains("has 1 partitions") })
    #expect(given.place == RecordPlace(topic: "sensors", partition: 0, offset: 0))
  }
}

/// What became of a change.
enum Change: Equatable {
  case changed(Int)
  case unchanged(String)

  var reason: String? {
    if case .unchanged(let reason) = self { reason } else { nil }
  }
}

extension Worker {
  /// The models of a stream.
  func models(_ name: [UInt8]) -> [ArchivedModel] {
    for case .models(let models) in ask(.model(name)) { return models }
    return []
  }

  func change(_ kind: Question.Kind) -> Change? {
    for answer in ask(kind) {
      switch answer {
      case .changed(let count): return .changed(count)
      case .unchanged(let reason, _): return .unchanged(reason)
      default: continue
      }
    }
    return nil
  }
}
