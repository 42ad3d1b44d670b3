/// Moves records to results: polls, learns, speaks, commits.
///
/// One worker drives one engine on one thread. Everything that the engine knows of the world comes
/// through its link and its clock, so that a simulation can put it through any history.
///
/// The order that keeps "nothing lost, nothing twice": results are appended before the offset that
/// they answer is offered for commit, both become visible together, and models that learned more
/// than was committed are dropped when a commit fails.
public struct Engine<Link: Source & Sink & ~Copyable, Time: Clock>: ~Copyable {
  var link: Link
  let clock: Time
  let definition: Definition
  let log: Journal
  var processor: Processor
  /// The partitions of the last assignment.
  var partitions: [Partition] = []
  /// Whether the partitions are ours now; between a revocation and the next assignment they only
  /// wait.
  var isAssigned = false
  /// What was committed, and what the open transaction adds.
  private(set) var committedCounters = Counters()
  var openCounters = Counters()
  /// Records spoken about since the last commit, and when that commit was.
  private var openRecords = 0
  private var lastCommit: UInt64

  /// Prepares to run a definition over a link; reads nothing yet.
  ///
  /// - Parameters:
  ///   - shard: the streams that this engine answers, for a replay with several.
  ///   - header: the columns' names, where records are rows of a CSV file.
  public init(
    definition: Definition, link: consuming Link, clock: Time, log: Journal, shard: Shard = .all,
    header: [String]? = nil
  ) throws(PipelineError) {
    self.definition = definition
    self.link = link
    self.clock = clock
    self.log = log
    processor = try Processor(definition, shard: shard, header: header)
    lastCommit = clock.monotonicNanoseconds()
  }

  /// What has been done and committed, and what is held.
  public var counters: Counters {
    var counters = committedCounters
    for partition in partitions {
      counters.streams += Int64(partition.streams.count)
      counters.modelBytes += Int64(partition.streams.byteCount)
      counters.partitions += isAssigned ? 1 : 0
      counters.restoring += partition.position < partition.speaksFrom ? 1 : 0
    }
    return counters
  }

  /// Waits at most `timeout` for records or a rebalance, deals with them, and commits when it is
  /// time.
  ///
  /// - Returns: false once the source has ended and everything is committed.
  public mutating func step(timeout: Duration = .milliseconds(100)) throws(PipelineError) -> Bool {
    switch try link.poll(timeout: min(timeout, untilCommit())) {
    case .records(let count): try learn(count)
    case .assigned(let offers): try assign(offers)
    case .revoked(let lost): try revoke(lost: lost)
    case .ended:
      try commit()
      return false
    }
    if openRecords >= definition.processing.batch || untilCommit() <= .zero { try commit() }
    return true
  }

  /// Commits what is open; the last thing to do before the link is closed.
  public mutating func drain() throws(PipelineError) { try commit() }

  /// The link back, to close it.
  public consuming func finish() -> Link { link }

  private mutating func learn(_ count: Int) throws(PipelineError) {
    guard isAssigned, var partition = partitions.first else { return }
    for index in 0..<count {
      let id = link.record(at: index).partition
      if partition.id != id {
        guard let other = partitions.first(where: { $0.id == id }) else { continue }
        partition = other
      }
      try learnRecord(at: index, of: partition)
    }
  }

  private mutating func learnRecord(at index: Int, of partition: Partition) throws(PipelineError) {
    let offset = link.record(at: index).offset
    guard offset >= partition.position else { return }
    let reading = read(at: index)
    let speaks = offset >= partition.speaksFrom
    openCounters.received += 1
    if speaks { openRecords += 1 } else { openCounters.replayed += 1 }
    partition.position = offset + 1
    let disposition = try processor.answer(
      reading, partition: partition, speaks: speaks, clock: clock, into: &link,
      counters: &openCounters)
    if speaks { openCounters.count(disposition) }
  }

  /// Decodes a record, and keeps the whole of one that is no event, while the link lends it.
  private mutating func read(at index: Int) -> Processor.Reading {
    let record = link.record(at: index)
    let reading = processor.read(record)
    if case .rejected(let rejection) = reading {
      processor.keepRejected(
        record, headers: link.headers(ofRecordAt: index), rejection: rejection)
    }
    return reading
  }

  /// The time left until the next commit is due; zero or less when it is.
  private func untilCommit() -> Duration {
    guard openRecords > 0 else { return definition.processing.commitInterval }
    let elapsed = clock.monotonicNanoseconds() &- lastCommit
    return definition.processing.commitInterval - .nanoseconds(Int64(clamping: elapsed))
  }

  /// Makes the open results and the offsets of all partitions visible together.
  mutating func commit() throws(PipelineError) {
    lastCommit = clock.monotonicNanoseconds()
    let dirty = isAssigned ? partitions.filter(\.isDirty) : []
    openRecords = 0
    guard !dirty.isEmpty else { return closeCounters() }
    let offsets = dirty.map { CommittedOffset(partition: $0.id, offset: $0.position) }
    switch try link.commit(offsets) {
    case .committed:
      for partition in dirty { partition.committed = partition.position }
      openCounters.commits += 1
      closeCounters()
    case .aborted:
      try rollBack()
    }
  }

  /// Forgets what the open transaction counted.
  mutating func discardOpenCounters() {
    openCounters = Counters()
    openRecords = 0
    committedCounters.aborts += 1
  }

  private mutating func closeCounters() {
    committedCounters += openCounters
    openCounters = Counters()
  }
}
