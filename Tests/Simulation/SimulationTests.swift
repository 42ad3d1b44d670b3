import Evaluation
import Pipeline
import Testing

/// The engine over a seeded cluster: whatever happens, what is committed is what one undisturbed
/// run says.
@Suite struct SimulationTests {
  /// An undisturbed run with one member and large batches.
  private func reference(_ input: [[SimulatedCluster.InputRecord]]) throws -> [SimulatedResult] {
    let cluster = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000).run()
    return sorted(cluster.results)
  }

  private func sorted(_ results: [SimulatedResult]) -> [SimulatedResult] {
    // Stable: a record's results keep their order.
    results.enumerated().sorted { left, right in
      (left.element.source.partition, left.element.offset, left.offset)
        < (right.element.source.partition, right.element.offset, right.offset)
    }.map(\.element)
  }

  @Test(arguments: [
    SimulatedCluster.Faults(), .init(abort: 5), .init(crash: 60), .init(rebalance: 20),
    .init(lost: 40), .init(full: 100), .init(abort: 8, crash: 90, rebalance: 30, lost: 80),
  ])
  func committedResultsAreThoseOfAnUndisturbedRun(_ faults: SimulatedCluster.Faults) throws {
    let input = makeInput(seed: 7, partitions: 3, records: 300)
    let expected = try reference(input)
    for seed in 1...20 as ClosedRange<UInt64> {
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: faults)
      var random = SplitMix64(seed: seed)
      let members = Int.random(in: 1...3, using: &random)
      let batch = Int.random(in: 1...50, using: &random)
      try History(cluster: cluster, members: members, batch: batch).run()
      #expect(
        sorted(cluster.results) == expected, "seed \(seed), members \(members), batch \(batch)")
    }
  }

  @Test func everyRecordHasOneDisposition() throws {
    let input = makeInput(seed: 11, partitions: 2, records: 400)
    let results = try reference(input)
    let answered = results.filter { $0.output == .predictions || $0.output == .deadLetters }
    let places = Set(answered.map { [Int64($0.source.partition), $0.offset] })
    #expect(places.count == answered.count)
    // What is neither was late or repeated; the input has both.
    #expect(answered.count < 800)
    #expect(results.contains { $0.output == .deadLetters })
  }

  @Test func aLogThatLostWhatTheGroupCommittedStopsTheEngine() throws {
    var engine = try makeEngine(OfferingLink(committed: 5, logStart: 10, logEnd: 20))
    #expect(throws: PipelineError.self) { _ = try engine.step() }
  }

  @Test func aLogShorterThanTheCommittedOffsetStopsTheEngine() throws {
    var engine = try makeEngine(OfferingLink(committed: 30, logStart: 0, logEnd: 20))
    #expect(throws: PipelineError.self) { _ = try engine.step() }
  }
}

/// Members that come, work, die and come again, until all is committed.
struct History {
  let cluster: SimulatedCluster
  let members: Int
  let batch: Int

  /// - Throws: what an engine throws that is no simulated death, or `Stuck`.
  func run() throws {
    var workers = EngineList()
    for _ in 0..<members {
      workers.add(try makeEngine(SimulatedLink(cluster: cluster, batch: batch)))
    }
    for step in 0..<50_000 {
      if cluster.isDone { return }
      let index = step % members
      do {
        try workers.step(index)
      } catch let error as PipelineError where error == crash {
        cluster.leave(workers.member(index))
        workers.replace(index, try makeEngine(SimulatedLink(cluster: cluster, batch: batch)))
      }
    }
    throw Stuck()
  }

  /// A history that does not end.
  struct Stuck: Error {}
}

/// Engines cannot be copied, so each lives in a box.
struct EngineList {
  private final class Box {
    var engine: Engine<SimulatedLink, SimulatedClock>
    let member: Int

    init(_ engine: consuming Engine<SimulatedLink, SimulatedClock>, member: Int) {
      self.engine = engine
      self.member = member
    }
  }

  private var boxes: [Box] = []
  private var made = 0

  mutating func add(_ engine: consuming Engine<SimulatedLink, SimulatedClock>) {
    made += 1
    boxes.append(Box(engine, member: made))
  }

  mutating func replace(_ index: Int, _ engine: consuming Engine<SimulatedLink, SimulatedClock>) {
    made += 1
    boxes[index] = Box(engine, member: made)
  }

  func member(_ index: Int) -> Int { boxes[index].member }

  func step(_ index: Int) throws { _ = try boxes[index].engine.step() }
}

private let definitionText = """
  pipeline: simulated
  kafka: {bootstrap.servers: "localhost:9092"}
  input:
    topics: [sensors]
    stream: [/s]
    time: {path: /ts, unit: s}
    values: {t: /t}
  output:
    predictions: {topic: predictions}
    anomalies: {topic: anomalies}
    drift: {topic: drift}
    health: {topic: health}
    dead-letters: {topic: dead}
  processing: {commit-interval: 20ms}
  model: {horizon: 3}
  alerts: {warm-up: 30}
  """

/// An engine with a small pipeline.
func makeEngine<Link: Source & Sink & ~Copyable>(
  _ link: consuming Link
) throws -> Engine<Link, SimulatedClock> {
  let definition = try Definition.parse(
    Array(definitionText.utf8), file: "simulated.yaml", environment: [:])
  return try Engine(
    definition: definition, link: link, clock: SimulatedClock(), log: Journal { _, _ in })
}

/// Records of a few streams: a daily wave with noise and steps, some late, repeated or broken, of
/// another type or dated ahead.
func makeInput(
  seed: UInt64, partitions: Int, records: Int
) -> [[SimulatedCluster.InputRecord]] {
  var random = SplitMix64(seed: seed)
  return (0..<partitions).map { partition in
    (0..<records).map { index in
      // One stream in four is silent for half of the time.
      let streams = index < records / 2 || index > records * 9 / 10 ? 4 : 3
      let stream = "s\(partition)-\(Int.random(in: 0..<streams, using: &random))"
      let time = 1_700_000_000 + index * 300
      let step = index > records * 2 / 3 ? 5.0 : 0
      let value = Double.random(in: -1...1, using: &random) + step
      var text = "{\"s\":\"\(stream)\",\"ts\":\(time),\"t\":\(value)}"
      if random.once(in: 25) { text = "{\"s\":\"\(stream)\",\"ts\":\(time - 90_000),\"t\":1}" }
      if random.once(in: 30) { text = String(text.dropLast(3)) }
      if random.once(in: 40) { text = "{\"s\":\"\(stream)\",\"ts\":\(time),\"t\":\"warm\"}" }
      if random.once(in: 60) { text = "{\"s\":\"\(stream)\",\"ts\":\(time + 7200),\"t\":1}" }
      return .init(
        key: random.once(in: 10) ? nil : Array(stream.utf8), value: Array(text.utf8),
        timestamp: Int64(time) * 1000)
    }
  }
}
