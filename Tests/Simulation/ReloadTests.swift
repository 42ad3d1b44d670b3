import Pipeline
import Testing

/// New definitions between two transactions: nothing is lost, and what the definition does not
/// change stays as it was, byte for byte.
@Suite struct ReloadTests {
  private let input = makeInput(seed: 11, partitions: 3, records: 400)

  private func results(
    of input: [[SimulatedCluster.InputRecord]]? = nil, faults: SimulatedCluster.Faults = .init(),
    reload: @escaping (Int) -> Definition?
  ) throws -> [SimulatedResult] {
    let cluster = SimulatedCluster(partitions: input ?? self.input, seed: 5, faults: faults)
    var history = History(cluster: cluster, members: 2, batch: 20)
    history.reload = reload
    try history.run()
    return sorted(cluster.results)
  }

  @Test("the pace of commits changes a hundred times, amid aborts and rebalances, and no byte does")
  func pace() throws {
    let definition = try simulatedDefinition()
    var reloads = 0
    let faults = SimulatedCluster.Faults(abort: 30, rebalance: 60, lost: 200)
    let disturbed = try results(faults: faults) { step in
      guard step.isMultiple(of: 2) else { return nil }
      reloads += 1
      var changed = definition
      changed.processing.commitInterval = .milliseconds(1 + step % 40)
      changed.processing.batch = 1 + step % 50
      return changed
    }
    #expect(reloads >= 100)
    #expect(try disturbed == results { _ in nil })
  }

  @Test("a new budget changes alarms, and nothing of what models learn")
  func budget() throws {
    let definition = try simulatedDefinition()
    // Long enough for evidence between the two levels.
    let input = makeInput(seed: 11, partitions: 3, records: 1600)
    let strict = try results(of: input) { _ in nil }
    let generous = try results(of: input) { step in
      guard step == 10 || step == 11 else { return nil }
      var changed = definition
      changed.alerts.budget = .init(count: 1_000_000, period: changed.alerts.budget.period)
      return changed
    }
    func of(_ output: Output, _ all: [SimulatedResult]) -> [SimulatedResult] {
      all.filter { $0.output == output }
    }
    #expect(of(.drift, strict) == of(.drift, generous))
    #expect(of(.predictions, strict).count == of(.predictions, generous).count)
    #expect(of(.anomalies, strict) != of(.anomalies, generous))
  }

  @Test("memory shrinks to a stream or two and grows again, and no byte changes")
  func memory() throws {
    let definition = try simulatedDefinition()
    let cluster = SimulatedCluster(partitions: input, seed: 5, faults: .init())
    var history = History(cluster: cluster, members: 2, batch: 20, disks: [SimulatedDisk()])
    history.reloadsMemory = true
    history.reload = { step in
      guard step.isMultiple(of: 5) else { return nil }
      var changed = definition
      changed.state.memory = [30_000, 1 << 30][step / 10 % 2]
      changed.state.maxReplay = .milliseconds(100 + step % 7 * 300)
      changed.http.streams = step % 3
      return changed
    }
    let counters = try history.run()
    #expect(counters.evictedStreams > 10)
    #expect(try sorted(cluster.results) == results { _ in nil })
  }

  /// Rule 8: a new definition takes effect where everything is saved.
  @Test("a restart after a reload replays nothing that the old definition answered")
  func restartAfterReload() throws {
    var changed = try simulatedDefinition()
    changed.alerts.budget = .init(count: 1_000_000, period: changed.alerts.budget.period)
    func run(dies: Bool, seed: UInt64) throws -> (results: [SimulatedResult], replayed: Int64) {
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: .init())
      let disk = SimulatedDisk()
      func makeWorker(_ definition: Definition?) throws -> Worker {
        try Worker(on: cluster, disk, batch: 20, definition: definition)
      }
      var worker = try makeWorker(nil)
      while !cluster.committed.values.contains(where: { $0.offset > 200 }) { try worker.step() }
      try worker.adopt(changed, memory: nil)
      if dies {
        worker.die()
        cluster.leave(worker.member)
        worker = try makeWorker(changed)
      }
      while !cluster.isDone { try worker.step() }
      return (sorted(cluster.results), worker.counters.replayed)
    }
    for seed in 1...5 as ClosedRange<UInt64> {
      let restarted = try run(dies: true, seed: seed)
      #expect(restarted.replayed == 0)
      #expect(restarted.results == (try run(dies: false, seed: seed).results))
    }
  }

  @Test("what only a restart can change is named")
  func restart() throws {
    let definition = try simulatedDefinition()
    var other = definition
    other.alerts.warmUp = 7
    other.output.predictionsEvery = 3
    other.processing.batch = 9
    other.state.memory = 1 << 30
    other.state.maxReplay = .seconds(7)
    other.http.streams = 5
    #expect(definition.restartKeys(for: other) == [])
    other.input.topics = ["others"]
    other.model.interval = 0.9
    other.output.drift = nil
    other.state.onMismatch = .keep
    other.http.listen.port = 1
    #expect(
      definition.restartKeys(for: other)
        == ["input", "model", "state", "http", "output.drift.topic"])
  }
}
