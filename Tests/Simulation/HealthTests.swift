import Pipeline
import Testing

/// What the engine says of the health of streams.
@Suite struct HealthTests {
  private static let start = 1_700_000_000

  /// A record of a stream at `minute`, its value as JSON, as it would come at that time.
  private func record(
    _ stream: String, minute: Int, value: String = "1", ahead: Int = 0, key: String? = "k"
  ) -> SimulatedCluster.InputRecord {
    let time = Self.start + minute * 60
    let text = "{\"s\":\"\(stream)\",\"ts\":\(time + ahead),\"t\":\(value)}"
    return .init(
      key: key.map { Array($0.utf8) }, value: Array(text.utf8), timestamp: Int64(time) * 1000)
  }

  /// The health events of one partition's records: offset, type and JSON.
  private func health(
    _ records: [SimulatedCluster.InputRecord]
  ) throws -> [(offset: Int64, type: String, text: String)] {
    let cluster = SimulatedCluster(partitions: [records], seed: 0, faults: .init())
    try History(cluster: cluster, members: 1, batch: 1000).run()
    return cluster.results.filter { $0.output == .health }.map { result in
      let type = result.headers.first { $0.name == Array("ce_type".utf8) }?.value ?? []
      return (
        result.offset, String(decoding: type, as: UTF8.self),
        String(decoding: result.value, as: UTF8.self)
      )
    }
  }

  @Test func aValueOfAnotherTypeIsToldOnceWithItsReason() throws {
    var records = (0..<10).map { record("a", minute: $0) }
    records += (10..<13).map { record("a", minute: $0, value: "\"warm\"") }
    records += (13..<120).map { record("a", minute: $0) }
    let events = try health(records)
    #expect(events.map(\.type) == ["spnd.health.type.began", "spnd.health.type.ended"])
    #expect(events.map(\.offset) == [10, 112])
    #expect(events[0].text.contains("\"reason\":\"/t is"))
    #expect(events[1].text.contains("\"count\":3"))
  }

  @Test func aClockThatRunsAheadIsTold() throws {
    let records = (0..<10).map { record("a", minute: $0, ahead: $0 < 5 ? 0 : 7200) }
    let events = try health(records)
    #expect(events.map(\.type) == ["spnd.health.clock.began"])
    #expect(events.map(\.offset) == [5])
    #expect(events[0].text.contains("\"reason\":\"/ts is"))
  }

  @Test func aStreamThatStopsIsToldWhenOthersGoOn() throws {
    var records: [SimulatedCluster.InputRecord] = []
    for minute in 0..<100 {
      records.append(record("a", minute: minute))
      if minute < 40 || minute >= 90 { records.append(record("b", minute: minute)) }
    }
    let events = try health(records)
    #expect(events.map(\.type) == ["spnd.health.silent.began", "spnd.health.silent.ended"])
    // After minute 39, b is missed when 20 spacings have passed, and silent after 5 more.
    #expect(events[0].offset == Int64(80 + 66 - 40))
    #expect(events.allSatisfy { $0.text.contains("\"stream\":\"b\"") })
    #expect(events[1].text.contains("\"count\":50"))
  }

  /// Whether its model is loaded or stays in the store, and its records are gone from the log.
  @Test(arguments: [Int.max, 20_000])
  func aStreamThatStopsIsToldAfterARestart(memory: Int) throws {
    let records = (0..<100).flatMap { minute in
      [record("a", minute: minute)] + (minute < 40 ? [record("b", minute: minute)] : [])
    }
    let cluster = SimulatedCluster(partitions: [records], seed: 0, faults: .init())
    let disk = SimulatedDisk()
    var history = History(cluster: cluster, members: 1, batch: 4, disks: [disk])
    history.memory = memory
    history.forgets = true
    try history.run { cluster.logStarts.values.contains { $0 > 80 } }
    #expect(cluster.results.allSatisfy { $0.output != .health })
    try history.run()
    let silent = cluster.results.filter { $0.output == .health }
    #expect(silent.map(\.offset) == [106])
  }

  @Test(
    "a stream that an operator made new is not missed until it has spoken",
    arguments: [false, true])
  func reset(dies: Bool) throws {
    let records = (0..<100).flatMap { minute in
      [record("a", minute: minute)] + (minute < 40 ? [record("b", minute: minute)] : [])
    }
    let cluster = SimulatedCluster(
      partitions: [Array(records.prefix(90))], seed: 0, faults: .init())
    let disk = SimulatedDisk()
    func makeWorker() throws -> Worker {
      try Worker(on: cluster, disk, batch: 4)
    }
    var worker = try makeWorker()
    while !cluster.isDone { try worker.step() }
    #expect(worker.change(.reset(Array("b".utf8))) == .changed(1))
    if dies {
      worker.die()
      cluster.leave(worker.member)
      worker = try makeWorker()
    }
    cluster.append(Array(records.dropFirst(90)), to: 0)
    while !cluster.isDone { try worker.step() }
    #expect(cluster.results.filter { $0.output == .health } == [])
  }

  @Test func streamsThatFallSilentAtOneRecordAreToldInTheOrderOfTheirKeys() throws {
    var records: [SimulatedCluster.InputRecord] = []
    for minute in 0..<100 {
      records.append(record("a", minute: minute))
      guard minute < 40 else { continue }
      records += ["d", "c", "b"].map { record($0, minute: minute) }
    }
    let events = try health(records)
    #expect(events.count == 3 && Set(events.map(\.offset)).count == 1)
    let streams = ["b", "c", "d"].map { "\"stream\":\"\($0)\"" }
    #expect(zip(events, streams).allSatisfy { $0.text.contains($1) })
    #expect(Set(events.map { $0.text.prefix(80) }).count == 3)
  }

  @Test func aGapOfTheWholePartitionIsNoSilence() throws {
    let minutes = Array(0..<60) + Array(600..<660)
    let records = minutes.flatMap { [record("a", minute: $0), record("b", minute: $0)] }
    #expect(try health(records).isEmpty)
  }

  @Test func anEventDatedAheadSilencesNobody() throws {
    var records = (0..<60).flatMap { minute in ["a", "b"].map { record($0, minute: minute) } }
    records += (60..<70).map { record("a", minute: $0, ahead: 3000) }
    #expect(try health(records).isEmpty)
  }

  @Test func recordsWithoutAKeyOrWithAnotherAreCounted() throws {
    let keys = ["k", nil, "k", "l", "l", nil]
    let records = keys.enumerated().map { record("a", minute: $0.offset, key: $0.element) }
    let cluster = SimulatedCluster(partitions: [records], seed: 0, faults: .init())
    var engine = try makeEngine(SimulatedLink(cluster: cluster, batch: 10))
    while !cluster.isDone { _ = try engine.step() }
    try engine.drain()
    #expect(engine.counters.keyless == 2)
    #expect(engine.counters.rekeyed == 1)
  }
}
