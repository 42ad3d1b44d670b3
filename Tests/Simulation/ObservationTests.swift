import Evaluation
import Pipeline
import Synchronization
import Testing

/// What those see who watch an engine.
@Suite struct ObservationTests {
  private let input = makeInput(seed: 3, partitions: 2, records: 600)

  private func makeWorker(
    on cluster: SimulatedCluster, batch: Int, store: SimulatedStore? = nil, memory: Int = .max,
    definition: Definition? = nil
  ) throws -> Worker {
    let link = SimulatedLink(cluster: cluster, batch: batch)
    let member = link.member
    let engine = try makeEngine(link, store: store, memory: memory, definition: definition)
    return Worker(engine, member: member, store: nil)
  }

  @Test("what is shown is what was committed, the same bytes and nothing else, amid aborts")
  func notices() throws {
    let faults = SimulatedCluster.Faults(abort: 20, rebalance: 80)
    let cluster = SimulatedCluster(partitions: input, seed: 9, faults: faults)
    let worker = try makeWorker(on: cluster, batch: 15)
    var shown: [Notice] = []
    for _ in 0..<50_000 where !cluster.isDone {
      try worker.step()
      shown += worker.takeNotices()
    }
    let committed = cluster.results.filter { [.anomalies, .drift, .health].contains($0.output) }
    #expect(shown.map(\.json) == committed.map(\.value))
    #expect(shown.map(\.output) == committed.map(\.output))
    #expect(shown.count > 10)
  }

  @Test("streams are explained, and keep their series, whether they are in memory or not")
  func evicted() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    let store = SimulatedStore(disk: SimulatedDisk(), cluster: cluster)
    var definition = try simulatedDefinition()
    definition.http.streams = 2
    let worker = try makeWorker(
      on: cluster, batch: 10, store: store, memory: 60_000, definition: definition)
    var chosen: [String] = []
    for _ in 0..<50_000 where !cluster.isDone {
      try worker.step()
      let series = worker.series()
      #expect(series.starts(with: chosen) || chosen.count < 4, "\(series) after \(chosen)")
      chosen = series
    }
    #expect(chosen.count == 4 && Set(chosen).count == 4)
    let present = worker.streams(.score, count: 100)
    #expect(present.count < 8)
    for name in (0..<2).flatMap({ partition in (0..<4).map { "s\(partition)-\($0)" } }) {
      #expect(try #require(worker.explanation(name)).contains("\"stream\":\"\(name)\""))
    }
    #expect(worker.explanation("nobody") == nil)
  }

  @Test("errors are measured against the value before, and alarms that were not raised are counted")
  func quality() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    let counters = try History(cluster: cluster, members: 1, batch: 50).run()
    // Noise around a level: the value before is a worse guess than the level.
    let ratio = counters.forecastErrors / counters.naiveErrors
    #expect((0.5...0.95).contains(ratio), "\(ratio)")
    let suppressed = Dictionary(uniqueKeysWithValues: counters.suppressedCounts)
    #expect(suppressed.keys.sorted() == ["habituation", "policy", "warm_up"])
    #expect(suppressed["policy"] == 0)
    #expect(suppressed.values.reduce(0, +) > 0)
    #expect(counters.assignments == 1)
  }

  @Test("a memory that is recalled has one number, in the drift and where the stream is explained")
  func recall() throws {
    var random = SplitMix64(seed: 5)
    let records = (0..<6000).map { index -> SimulatedCluster.InputRecord in
      let value = Double.random(in: -1...1, using: &random) + (index / 1200 % 2 == 1 ? 12 : 0)
      let time = 1_700_000_000 + index * 60
      return .init(
        key: nil, value: Array("{\"s\":\"a\",\"ts\":\(time),\"t\":\(value)}".utf8),
        timestamp: Int64(time) * 1000)
    }
    let cluster = SimulatedCluster(partitions: [records], seed: 1, faults: .init())
    let worker = try makeWorker(on: cluster, batch: 5)
    var recalls = 0
    while !cluster.isDone {
      try worker.step()
      for notice in worker.takeNotices() where notice.output == .drift {
        let text = String(decoding: notice.json, as: UTF8.self)
        guard let memory = text.firstMatch(of: /"memory":(\d+)/) else { continue }
        recalls += 1
        let explained = try #require(worker.explanation("a"))
        let held = explained.matches(of: /"held":(true|false)/).map { $0.1 == "true" }
        let number = try #require(Int(memory.1))
        #expect((1...held.count).contains(number) && held[max(number, 1) - 1])
        guard let said = text.firstMatch(of: /memory (\d+) was recalled/) else { continue }
        #expect(said.1 == memory.1)
      }
    }
    #expect(recalls > 0)
  }

  @Test("streams are listed in order, explained by name, and followed from then on")
  func questions() throws {
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    let worker = try makeWorker(on: cluster, batch: 50)
    for _ in 0..<12 { try worker.step() }
    let first = try #require(worker.explanation("s0-1"))
    #expect(first.contains(#""stream":"s0-1","topic":"sensors","partition":0,"channel":"t""#))
    #expect(first.contains(#""course":{"first":1,"points":[],"#))
    for _ in 0..<50_000 where !cluster.isDone { try worker.step() }
    let second = try #require(worker.explanation("s0-1"))
    #expect(!second.contains(#""points":[],"#))
    #expect(worker.explanation("nobody") == nil)

    let page = worker.streams(.lastSeen, count: 5)
    #expect(page.count == 5)
    #expect(page.map(\.lastTime) == page.map(\.lastTime).sorted(by: >))
    let all = worker.streams(.score, count: 100)
    #expect(all.count == 8)
    let report = worker.report()
    #expect(report.census.learning + report.census.steady + report.census.anomalous == 8)
    #expect(report.counters.answered == report.counters.received)
    #expect(report.latency.count > 0)
  }
}

extension Worker {
  func explanation(_ name: String) -> String? {
    for case .explanation(let json) in ask(.stream(Array(name.utf8), channel: 0, after: 0)) {
      return String(decoding: json, as: UTF8.self)
    }
    return nil
  }

  func series() -> [String] {
    report().series.map { String(decoding: $0.stream, as: UTF8.self) }
  }

  func streams(_ order: StreamOrder, count: Int) -> [StreamSummary] {
    for case .streams(let streams) in ask(.streams(order, count: count)) { return streams }
    return []
  }

  /// Asks as another thread would.
  func ask(_ kind: Question.Kind) -> [Question.Answer] {
    guard let definition = try? simulatedDefinition() else { return [] }
    let observatory = Observatory(definition: definition, workers: 1, clock: SimulatedClock())
    let answers = Mutex<[Question.Answer]>([])
    observatory.ask(kind) { found in answers.withLock { $0 = found } }
    while let question = observatory.nextQuestion(to: 0) { try? answer(question) }
    return answers.withLock { $0 }
  }
}
