import Glibc
import Pipeline

/// Members that come, work, die and come again, until all is committed.
struct History {
  let cluster: SimulatedCluster
  let members: Int
  let batch: Int
  /// The disks of the machines that members run on, by the member's place; none: nothing is saved.
  var disks: [SimulatedDisk] = []
  /// Whether streams hear the others of their group.
  var isGrouped = false
  /// The bytes that a member's models may take.
  var memory = Int.max
  /// Whether records leave the log as soon as no saved model needs them.
  var forgets = false
  /// Whether models go to a changelog, too, and so from disk to disk.
  var hasChangelog = false
  /// Whether a definition that is handed over brings its memory, too.
  var reloadsMemory = false
  /// The definition that a member is handed before a step, if it is handed one.
  var reload: (_ step: Int) -> Definition? = { _ in nil }

  /// Runs until all is committed, or until `isOver`, when all members die.
  ///
  /// - Returns: what the members counted that lived to the end.
  /// - Throws: what an engine throws that is no simulated death, or `Stuck`.
  @discardableResult
  func run(until isOver: () -> Bool = { false }) throws -> Counters {
    var workers: [Worker] = []
    for index in 0..<members { workers.append(try makeWorker(index)) }
    for step in 0..<50_000 {
      if cluster.isDone || isOver() {
        for worker in workers { end(worker) }
        return workers.reduce(into: Counters()) { $0 += $1.counters }
      }
      let index = step % members
      do {
        if let definition = reload(step) {
          try workers[index].adopt(
            definition, memory: reloadsMemory ? definition.state.memory : nil)
        }
        try workers[index].step()
      } catch let error as PipelineError where error == crash {
        end(workers[index])
        workers[index] = try makeWorker(index)
      }
      if forgets { forget() }
    }
    throw Stuck()
  }

  private func makeWorker(_ index: Int) throws -> Worker {
    try Worker(
      on: cluster, disks.isEmpty ? nil : disks[index % disks.count], batch: batch, memory: memory,
      hasChangelog: hasChangelog, isGrouped: isGrouped)
  }

  private func end(_ worker: Worker) {
    worker.die()
    cluster.leave(worker.member)
  }

  /// The log loses what is below every watermark.
  private func forget() {
    for partition in cluster.partitions.indices {
      let id = TopicPartition(topic: 0, partition: Int32(partition))
      cluster.logStarts[id] = max(cluster.logStarts[id] ?? 0, needed(of: id))
    }
  }

  /// The first offset that somebody may have to learn again.
  private func needed(of id: TopicPartition) -> Int64 {
    guard !hasChangelog else {
      return OffsetMetadata(text: cluster.committed[id]?.metadata ?? "")?.logged ?? 0
    }
    return disks.map { $0.watermark(of: id) ?? 0 }.min() ?? 0
  }

  /// A history that does not end.
  struct Stuck: Error {}
}

/// An engine, which cannot be copied, in a box.
final class Worker {
  private var engine: Engine<SimulatedLink, SimulatedClock>
  let member: Int
  private let store: SimulatedStore?

  init(
    _ engine: consuming Engine<SimulatedLink, SimulatedClock>, member: Int, store: SimulatedStore?
  ) {
    self.engine = engine
    self.member = member
    self.store = store
  }

  /// A new member of a cluster, which saves its models on a disk if it has one.
  convenience init(
    on cluster: SimulatedCluster, _ disk: SimulatedDisk?, batch: Int, memory: Int = .max,
    hasChangelog: Bool = false, isGrouped: Bool = false, definition: Definition? = nil,
    log: Journal = historyLog
  ) throws {
    let store = disk.map { SimulatedStore(disk: $0, cluster: cluster) }
    let link = SimulatedLink(cluster: cluster, batch: batch)
    let member = link.member
    let engine = try makeEngine(
      link, store: store, memory: memory, hasChangelog: hasChangelog, isGrouped: isGrouped,
      definition: definition, log: log)
    self.init(engine, member: member, store: store)
  }

  var counters: Counters { engine.counters }

  func step() throws { _ = try engine.step() }

  func adopt(_ definition: Definition, memory: Int?) throws {
    try engine.adopt(definition, memory: memory)
  }

  func takeNotices() -> [Notice] { engine.takeNotices() }

  func report() -> WorkerReport { engine.report() }

  func answer(_ question: Question) throws { try engine.answer(question) }

  func die() { store?.die() }
}

/// The seeds of the histories that are tried: the first `SPND_HISTORIES`, or as many as take a few
/// seconds; or `SPND_HISTORY` alone, whose engines then tell what they do.
let historySeeds: ClosedRange<UInt64> = {
  if let seed = number("SPND_HISTORY") { return seed...seed }
  return 1...(number("SPND_HISTORIES") ?? 400)
}()

/// Where engines' messages go: nowhere, or to standard error for a single history.
let historyLog = Journal { _, line in
  guard number("SPND_HISTORY") != nil else { return }
  print(line.text)
}

private func number(_ name: String) -> UInt64? {
  unsafe getenv(name).flatMap { unsafe UInt64(String(cString: $0)) }
}
