import Kafka
import Pipeline
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A real cluster's addresses; the embedded broker has no transactions worth the name.
private let testServers = unsafe getenv("SPND_TEST_BROKERS").map { unsafe String(cString: $0) }

/// A member that copies `in` to `out` and keeps to the protocol.
private struct Copier: ~Copyable {
  var link: KafkaLink
  /// The next offset to copy, and the next to commit, of each partition.
  var next: [TopicPartition: Int64] = [:]
  var committed: [TopicPartition: Int64] = [:]
  var copied = 0
  var revocations = 0

  init(_ settings: KafkaLink.Settings) throws {
    link = try KafkaLink(settings)
  }

  /// Polls once; answers the group; copies what came.
  mutating func step() throws {
    switch try link.poll(timeout: .milliseconds(20)) {
    case .assigned(let offers):
      committed = [:]
      for offer in offers { committed[offer.partition] = offer.committed ?? 0 }
      try rewind()
    case .revoked(let lost):
      revocations += 1
      if lost {
        try link.abort()
      } else {
        try commit()
      }
      try link.unassign()
      next = [:]
      committed = [:]
    case .records(let count):
      for index in 0..<count { try copyRecord(at: index) }
    case .ended: break
    }
  }

  private mutating func copyRecord(at index: Int) throws {
    let copied = copy(link.record(at: index), headers: [])
    let expected = next[copied.partition]
    #expect(expected == copied.offset, "partition \(copied.partition)")
    next[copied.partition] = copied.offset + 1
    let value = copied.value ?? []
    try link.append(
      to: .predictions, source: copied.partition, offset: copied.offset, key: nil,
      value: value.span,
      headers: [Header("offset", "\(copied.offset)")], timestamp: copied.timestamp)
    self.copied += 1
  }

  mutating func commit() throws {
    let offsets = next.filter { committed[$0.key] != $0.value }.map {
      CommittedOffset(partition: $0.key, offset: $0.value, metadata: "at \($0.value)")
    }
    if try link.commitNow(offsets) == .committed {
      committed = next
    } else {
      try rewind()
    }
  }

  mutating func abort() throws {
    try link.abort()
    try rewind()
  }

  private mutating func rewind() throws {
    next = committed
    try link.assign(committed.map { PartitionStart(partition: $0.key, offset: $0.value) })
  }
}

@Suite(.serialized, .enabled(if: testServers != nil)) struct ExactlyOnceTests {
  let servers = testServers ?? ""
  let run = "\(UInt32.random(in: 0...UInt32.max))"

  /// Creates the run's topics, 4 and 3 partitions wide, and fills the first.
  private func prepare(records: Int) throws {
    let admin = try TopicAdmin(
      properties: [("bootstrap.servers", servers)], log: { _, _ in })
    // The records' times are long past, and would be deleted for their age.
    let topics = [("in-\(run)", 4), ("out-\(run)", 3)].map {
      TopicAdmin.NewTopic(
        name: $0.0, partitions: $0.1, replication: 1, settings: [("retention.ms", "-1")])
    }
    #expect(try admin.create(topics) == [.created, .created])
    #expect(try admin.create([topics[0]]) == [.existed])
    let counts = try admin.partitionCounts(of: ["in-\(run)", "out-\(run)", "none-\(run)"])
    #expect(counts == ["in-\(run)": 4, "out-\(run)": 3])
    var writer = try KafkaLink(
      settings(
        servers, group: "w-\(run)", guarantee: .atLeastOnce, input: "in-\(run)",
        output: "in-\(run)"))
    for index in 0..<records { try writer.write("\(index)", partition: Int32(index % 4)) }
    #expect(try writer.commitNow([]) == .committed)
    try writer.close()
  }

  private func member(_ worker: Int) throws -> Copier {
    var own = settings(
      servers, group: "g-\(run)", guarantee: .exactlyOnce, input: "in-\(run)",
      output: "out-\(run)", worker: worker)
    // Small, so that the first has work left when the second arrives.
    own.batchMax = 20
    return try Copier(own)
  }

  /// Each input record once, each partition's in its order.
  private func verify(records: Int) throws {
    let found = try contents(servers, "out-\(run)", count: records)
    #expect(found.count == records)
    let numbers = found.map { Int(String(decoding: $0.value ?? [], as: UTF8.self)) ?? -1 }
    #expect(numbers.sorted() == Array(0..<records))
    for partition in 0..<4 {
      let own = numbers.filter { $0 % 4 == partition }
      #expect(own == own.sorted(), "input partition \(partition)")
    }
  }

  @Test func eachRecordOnceThroughAbortsRebalancesAndDeath() throws {
    let records = 20_000
    try prepare(records: records)
    var first = try member(0)
    // Commits, and aborts every third time.
    for turn in 1...12 {
      let goal = first.copied + 500
      while first.copied < goal { try first.step() }
      if turn % 3 == 0 { try first.abort() } else { try first.commit() }
    }
    // A second member joins, works and leaves with work undone.
    var second = try member(1)
    var deadline = ContinuousClock.now + .seconds(60)
    while second.copied < 2000, ContinuousClock.now < deadline {
      try second.step()
      try first.step()
      if second.copied % 2 == 1 { try second.commit() }
      try first.commit()
    }
    #expect(first.revocations == 1)
    try second.link.close()
    #expect(second.copied >= 2000)
    // The first dies in the middle of a transaction, and comes back under its name.
    let goal = first.copied + 1000
    while first.copied < goal, ContinuousClock.now < deadline { try first.step() }
    _ = consume first
    var third = try member(0)
    deadline = ContinuousClock.now + .seconds(60)
    while third.committed.values.reduce(0, +) < records, ContinuousClock.now < deadline {
      try third.step()
      try third.commit()
    }
    #expect(third.link.lag() == 0)
    try third.link.close()
    try verify(records: records)
  }

  @Test func theOldOwnerOfATransactionalIdIsFenced() throws {
    try prepare(records: 100)
    var old = try member(0)
    let deadline = ContinuousClock.now + .seconds(60)
    while old.copied < 100, ContinuousClock.now < deadline { try old.step() }
    let young = try member(0)
    var code: PipelineError.Code?
    do {
      try old.commit()
    } catch let error as PipelineError {
      code = error.code
    }
    #expect(code == .fenced)
    _ = consume young
  }

  @Test func missingTopicsAreNamed() throws {
    #expect {
      _ = try KafkaLink(settings(servers, input: "absent-\(run)", output: "absent-\(run)"))
    } throws: { error in
      guard let error = error as? PipelineError else { return false }
      return error.code == .configuration && error.subject == "topic absent-\(run)"
        && error.reason.contains("spnd topics create")
    }
  }
}
