import Evaluation
import Pipeline
import Testing

/// The engine over a seeded cluster: whatever happens, what is committed is what one undisturbed
/// run says.
@Suite struct SimulationTests {
  /// An undisturbed run with one member and large batches.
  private func reference(
    _ input: [[SimulatedCluster.InputRecord]], isGrouped: Bool = false
  ) throws -> [SimulatedResult] {
    let cluster = SimulatedCluster(partitions: input, seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000, isGrouped: isGrouped).run()
    return sorted(cluster.results)
  }

  /// Two at a time, since each takes a processor.
  @Test(arguments: [0, 1])
  func committedResultsAreThoseOfAnUndisturbedRun(_ half: UInt64) throws {
    try compareHistories(
      historySeeds.filter { $0 % 2 == half }, makeInput(seed: 7, partitions: 2, records: 280))
  }

  @Test(arguments: [0, 1])
  func streamsOfAGroupHearTheSameWhateverHappens(_ half: UInt64) throws {
    let input = makeGroupInput(seed: 19, partitions: 2, records: 450)
    #expect(try reference(input, isGrouped: true) != reference(input))
    try compareHistories(historySeeds.filter { $0 % 2 == half }, input, isGrouped: true)
  }

  private func compareHistories(
    _ seeds: [UInt64], _ input: [[SimulatedCluster.InputRecord]], isGrouped: Bool = false
  ) throws {
    let expected = try reference(input, isGrouped: isGrouped)
    for seed in seeds {
      var (history, text) = makeHistory(seed, input)
      history.isGrouped = isGrouped
      do {
        try history.run()
      } catch {
        Issue.record("history \(seed): \(error): \(text)")
        return
      }
      if let difference = difference(sorted(history.cluster.results), expected) {
        Issue.record("history \(seed): \(difference): \(text)")
        return
      }
    }
  }

  /// The first place where results are not those that were expected.
  private func difference(_ found: [SimulatedResult], _ expected: [SimulatedResult]) -> String? {
    for (found, expected) in zip(found, expected) where found != expected {
      return "\(found.text) instead of \(expected.text)"
    }
    return found.count == expected.count
      ? nil : "\(found.count) results instead of \(expected.count)"
  }

  /// A history that a seed decides: who fails how often, where models are saved, and what memory
  /// there is.
  private func makeHistory(
    _ seed: UInt64, _ input: [[SimulatedCluster.InputRecord]]
  ) -> (history: History, text: String) {
    var random = SplitMix64(seed: seed)
    func chance(_ range: ClosedRange<Int>) -> Int {
      Bool.random(using: &random) ? Int.random(in: range, using: &random) : 0
    }
    let faults = SimulatedCluster.Faults(
      abort: chance(4...20), crash: chance(30...120), rebalance: chance(10...60),
      lost: chance(20...120), full: chance(50...400), disk: chance(2...20))
    var history = History(
      cluster: SimulatedCluster(partitions: input, seed: seed, faults: faults),
      members: Int.random(in: 1...3, using: &random), batch: Int.random(in: 1...50, using: &random))
    let disks = Int.random(in: 0...2, using: &random)
    history.disks = (0..<disks).map { _ in SimulatedDisk() }
    history.memory = Bool.random(using: &random) ? Int.random(in: 1...80_000, using: &random) : .max
    let forgets = Bool.random(using: &random)
    history.hasChangelog = disks > 0 && Bool.random(using: &random)
    history.forgets = forgets && (disks == 1 || history.hasChangelog)
    let text =
      "\(faults), members \(history.members), batch \(history.batch), disks \(disks), "
      + "memory \(history.memory), forgets \(history.forgets), "
      + "changelog \(history.hasChangelog)"
    return (history, text)
  }

  @Test func aDamagedModelBeginsAnewAloneAndSaysSo() throws {
    let input = makeInput(seed: 5, partitions: 2, records: 300)
    let expected = try reference(input)
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: .init())
      let disk = SimulatedDisk()
      var history = History(cluster: cluster, members: 1, batch: 20, disks: [disk])
      history.memory = Bool.random(using: &random) ? 60_000 : .max
      try history.run { cluster.results.count > 150 && disk.partitions.count == 2 }
      let damaged = try #require(disk.damage(&random))
      let result = try history.run()
      let stream = String(decoding: damaged, as: UTF8.self)
      func others(_ results: [SimulatedResult]) -> [SimulatedResult] {
        results.filter { !$0.text.contains("\"stream\":\"\(stream)\"") }
      }
      #expect(others(sorted(cluster.results)) == others(expected), "seed \(seed)")
      let resets = cluster.results.filter { $0.text.contains("\"kind\":\"reset\"") }
      #expect(resets.count == 1 && resets.allSatisfy { $0.text.contains("\"\(stream)\"") })
      #expect(result.resetStreams == 1)
    }
  }

  /// What is not saved must be in the log: the watermark never passes a change that is unsaved.
  @Test func whatIsAboveTheWatermarkIsAllThatARestartNeeds() throws {
    let input = makeInput(seed: 13, partitions: 1, records: 400)
    let expected = try reference(input)
    for seed in 1...10 as ClosedRange<UInt64> {
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: .init())
      let disk = SimulatedDisk()
      var history = History(cluster: cluster, members: 1, batch: 20, disks: [disk])
      history.forgets = true
      for stop in [100, 200, 300] as [Int64] {
        try history.run { cluster.logStarts.values.contains { $0 >= stop } }
      }
      try history.run()
      #expect(difference(sorted(cluster.results), expected) == nil, "seed \(seed)")
    }
  }

  /// A partition goes to and fro between two workers of a process, which share its saved models.
  @Test func aPartitionThatComesBackGoesOnFromWhatAnotherSaved() throws {
    let input = makeInput(seed: 17, partitions: 2, records: 2000)
    let expected = try reference(input)
    for seed in 1...5 as ClosedRange<UInt64> {
      let faults = SimulatedCluster.Faults(rebalance: 25, lost: 60)
      let cluster = SimulatedCluster(partitions: input, seed: seed, faults: faults)
      let history = History(cluster: cluster, members: 2, batch: 40, disks: [SimulatedDisk()])
      let counters = try history.run()
      #expect(difference(sorted(cluster.results), expected) == nil, "seed \(seed)")
      #expect(counters.assignments > 4 && counters.restoredStreams > 0)
      // What is replayed lies between what was saved and what was committed, never further back.
      #expect(counters.replayed < 100 * counters.assignments, "\(counters)")
    }
  }

  @Test func aBudgetOfMemoryIsKeptAndSavedModelsAreUsed() throws {
    let input = makeInput(seed: 9, partitions: 2, records: 300)
    let cluster = SimulatedCluster(partitions: input, seed: 1, faults: .init())
    var history = History(cluster: cluster, members: 1, batch: 10, disks: [SimulatedDisk()])
    history.memory = 60_000
    let counters = try history.run()
    #expect(sorted(cluster.results) == (try reference(input)))
    #expect(counters.evictedStreams > 10 && counters.restoredStreams > 10)
    #expect(counters.streams <= 4 && counters.fullMemories == 1)
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
    #expect(results.contains { $0.text.contains("\"kind\":\"silent\"") })
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

/// Results by their records.
func sorted(_ results: [SimulatedResult]) -> [SimulatedResult] {
  // Stable: a record's results keep their order.
  results.enumerated().sorted { left, right in
    (left.element.source.partition, left.element.offset, left.offset)
      < (right.element.source.partition, right.element.offset, right.offset)
  }.map(\.element)
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
  state: {max-replay: 1s}
  """

/// An engine with a small pipeline.
func makeEngine<Link: Source & Sink & ~Copyable>(
  _ link: consuming Link, store: (any Store)? = nil, memory: Int = .max,
  hasChangelog: Bool = false, isGrouped: Bool = false, definition: Definition? = nil,
  log: Journal = historyLog
) throws -> Engine<Link, SimulatedClock> {
  var definition = try definition ?? simulatedDefinition(isGrouped: isGrouped)
  if hasChangelog { definition.state.changelogs = ["models"] }
  return try Engine(
    definition: definition, link: link, clock: SimulatedClock(), log: log,
    store: store, memory: memory)
}

/// The definition of the small pipeline.
func simulatedDefinition(isGrouped: Bool = false) throws -> Definition {
  let text =
    isGrouped
    ? definitionText.replacing("stream: [/s]", with: "stream: [/g, /s]\n  group: /g")
    : definitionText
  return try Definition.parse(Array(text.utf8), file: "simulated.yaml", environment: [:])
}

/// Records of groups of three and two streams: the streams of a group take the same walk, and their
/// events come in any order.
func makeGroupInput(
  seed: UInt64, partitions: Int, records: Int
) -> [[SimulatedCluster.InputRecord]] {
  var random = SplitMix64(seed: seed)
  return (0..<partitions).map { partition in
    let streams = partition % 2 == 0 ? ["a/1", "a/2", "a/3"] : ["b/1", "b/2", "c/1", "c/2"]
    var walks: [Substring: Double] = [:]
    return (0..<(records / streams.count)).flatMap { round in
      for group in ["a", "b", "c"] as [Substring] {
        walks[group, default: 0] += Double.random(in: -1...1, using: &random)
      }
      return streams.shuffled(using: &random).map { stream in
        let parts = stream.split(separator: "/")
        let time = 1_700_000_000 + round * 300
        let value = walks[parts[0], default: 0] + Double.random(in: -0.05...0.05, using: &random)
        let isLate = random.once(in: 25)
        let text = """
          {"g":"\(parts[0])","s":"\(parts[1])","ts":\(isLate ? time - 90_000 : time),"t":\(value)}
          """
        return SimulatedCluster.InputRecord(
          key: Array(parts[0].utf8), value: Array(text.utf8), timestamp: Int64(time) * 1000)
      }
    }
  }
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
