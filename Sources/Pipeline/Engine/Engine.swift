/// Moves records to results: polls, learns, speaks, commits.
///
/// One worker drives one engine on one thread. Everything that the engine knows of the world comes
/// through its link and its clock, so that a simulation can put it through any history.
///
/// The order that keeps "nothing lost, nothing twice": results are appended before the offset that
/// they answer is offered for commit, both become visible together, and models that learned more
/// than was committed are dropped when a commit fails. Learning goes on while a commit is under
/// way; the next one begins when its outcome is known.
public struct Engine<Link: Source & Sink & ~Copyable, Time: Clock>: ~Copyable {
  package var link: Link
  let clock: Time
  private(set) var definition: Definition
  let log: Journal
  var processor: Processor
  /// Where models are saved; nil where they are not.
  let store: (any Store)?
  /// Whether what is saved goes to a changelog as well.
  let hasChangelog: Bool
  /// The memory of all models.
  let pool: BlockPool
  /// The memory of what groups say; nil where there are none.
  private let boards: BlockPool?
  /// The partitions of the last assignment.
  var partitions: [Partition] = []
  /// Whether the partitions are ours now; between a revocation and the next assignment they only
  /// wait.
  var isAssigned = false
  /// Whether it was said that models cannot be saved.
  var isWaiting = false
  /// Whether models fill the memory, so that some wait in the store.
  var isMemoryFull = false
  /// What was committed, what the commit that was begun adds, and what the open one adds to that.
  var committedCounters = Counters()
  private var pendingCounters = Counters()
  var openCounters = Counters()
  var telemetry = Telemetry()
  /// The offsets of the commit that was begun and whose outcome is not known; empty without one.
  private var pending: [CommittedOffset] = []
  /// Records spoken about since the last commit began, and when that was.
  private var openRecords = 0
  private var lastCommit: UInt64

  /// Prepares to run a definition over a link; reads nothing yet.
  ///
  /// - Parameters:
  ///   - shard: the streams that this engine answers, for a replay with several.
  ///   - header: the columns' names, where records are rows of a CSV file.
  ///   - store: where models are saved; without one they are learned from the log again.
  ///   - memory: the bytes that models may take, copies on their way to the store among them; what
  ///     is beyond stays there.
  public init(
    definition: Definition, link: consuming Link, clock: Time, log: Journal, shard: Shard = .all,
    header: [String]? = nil, store: (any Store)? = nil, memory: Int = .max
  ) throws(PipelineError) {
    self.definition = definition
    self.link = link
    self.clock = clock
    self.log = log
    self.store = store
    hasChangelog = store != nil && !definition.state.changelogs.isEmpty
    let processor = try Processor(definition, shard: shard, header: header, store: store)
    let boardByteCount = definition.input.group.isEmpty ? 0 : processor.network.boardByteCount
    pool = BlockPool(
      blockByteCount: processor.layout.byteCount, boardByteCount: boardByteCount,
      byteCountMax: Self.blockBytes(of: memory))
    boards = boardByteCount > 0 ? BlockPool(blockByteCount: boardByteCount) : nil
    self.processor = processor
    lastCommit = clock.monotonicNanoseconds()
  }

  /// What has been done and committed, and what is held.
  public var counters: Counters {
    var counters = committedCounters
    counters.modelBytes = Int64(pool.byteCount + (boards?.byteCount ?? 0))
    for partition in partitions {
      let isBehind = partition.position < partition.speaksFrom
      counters.streams += Int64(partition.streams.count)
      counters.modelBytes += Int64(
        partition.streams.byteCount + (partition.groups?.byteCount ?? 0))
      counters.partitions += isAssigned ? 1 : 0
      counters.restoring += isBehind || partition.saving.isLoading ? 1 : 0
      counters.restoringRecords += max(0, partition.speaksFrom - partition.position)
      counters.unsavable += partition.saving.failed == nil ? 0 : 1
      counters.modelsToLoad += Int64(partition.saving.toLoad)
      counters.unsavedStreams += store == nil ? 0 : Int64(partition.streams.changedCount)
    }
    counters.fullMemories = isMemoryFull ? 1 : 0
    return counters
  }

  /// Waits at most `timeout` for records or a rebalance, deals with them, and commits when it is
  /// time.
  ///
  /// - Returns: false once the source has ended and everything is committed.
  public mutating func step(timeout: Duration = .milliseconds(100)) throws(PipelineError) -> Bool {
    try serveStore()
    try fillSome()
    try loadSome()
    switch try link.poll(timeout: min(timeout, untilDue())) {
    case .records(let count): try learn(count)
    case .assigned(let offers): try assign(offers)
    case .revoked(let lost): try revoke(lost: lost)
    case .ended:
      try drain()
      return false
    }
    try makeRoom()
    let isFull = openRecords >= definition.processing.batch
    try settle(waits: isFull)
    guard pending.isEmpty, !isBlocked else { return true }
    let isNow = hasToLog || partitions.contains(where: \.isUnfixed)
    if isNow || isFull || untilCommit() <= .zero { try commit() }
    return true
  }

  /// Commits and saves everything; the last thing to do before the link is closed.
  public mutating func drain() throws(PipelineError) {
    try commitAll()
    try saveAll(within: .seconds(5))
  }

  /// Commits what is open and waits until that is done.
  mutating func commitAll() throws(PipelineError) {
    try settle(waits: true)
    try commit()
    try settle(waits: true)
  }

  /// Works by a new definition from the next record on; what models have learned stays.
  ///
  /// Commits and saves first: no transaction, and no replay after a restart, is worked by two
  /// definitions. The new one must not differ in what only a restart can change (`restartKeys`).
  ///
  /// - Parameter memory: see `init`; nil leaves it as it was.
  public mutating func adopt(
    _ definition: Definition, memory: Int? = nil
  ) throws(PipelineError) {
    precondition(self.definition.restartKeys(for: definition).isEmpty)
    try drain()
    self.definition = definition
    processor.adopt(definition)
    if let memory { pool.limit(to: Self.blockBytes(of: memory)) }
  }

  /// What is left of the memory of models for the models themselves: a slice is held twice while
  /// it is written, here, and by the store's transaction.
  private static func blockBytes(of memory: Int) -> Int {
    memory - min(memory / 8, 2 * sliceBytesMax)
  }

  /// The groups of a partition that begins; nil where each stream is on its own.
  func makeGroups() -> Groups? {
    boards.map { pool in
      Groups(
        processor.network, fieldCount: definition.input.group.count, kind: processor.boardKind,
        pool: pool)
    }
  }

  /// The link back, to close it.
  public consuming func finish() -> Link { link }

  private mutating func learn(_ count: Int) throws(PipelineError) {
    guard isAssigned, count > 0 else { return }
    let start = clock.monotonicNanoseconds()
    defer { telemetry.noteBatch(count, nanoseconds: clock.monotonicNanoseconds() &- start) }
    var index = 0
    while index < count {
      let id = link.record(at: index).partition
      if let partition = partitions.first(where: { $0.id == id }) {
        try learn(&index, to: count, of: partition)
      } else {
        index += 1
      }
    }
  }

  /// Deals with the records from `index` on that are of one partition, and goes on to the first of
  /// another.
  ///
  /// Each is decoded, and its model brought near, while the one before is answered.
  private mutating func learn(
    _ index: inout Int, to count: Int, of partition: Partition
  ) throws(PipelineError) {
    var next = readAhead(to: index, of: partition)
    while let place = next {
      processor.advance(in: partition)
      next = index + 1 < count ? readAhead(to: index + 1, of: partition) : nil
      try answer(place, at: index, of: partition)
      index += 1
    }
  }

  /// Where a record that was read ahead stands, and why it is no event.
  private struct Place {
    var offset: Int64
    var timestamp: Int64
    var rejection: Rejection?
  }

  /// Decodes the record after the one that is being answered; nil where it is another partition's.
  private mutating func readAhead(to index: Int, of partition: Partition) -> Place? {
    let record = link.record(at: index)
    guard record.partition == partition.id else { return nil }
    return Place(
      offset: record.offset, timestamp: record.timestamp,
      rejection: processor.readAhead(record, of: partition))
  }

  private mutating func answer(
    _ place: Place, at index: Int, of partition: Partition
  ) throws(PipelineError) {
    guard place.offset >= partition.position else { return }
    begin(index, rejection: place.rejection)
    let speaks = place.offset >= partition.speaksFrom
    openCounters.received += 1
    if place.offset >= partition.replaysTo { openRecords += 1 }
    if !speaks { openCounters.replayed += 1 }
    partition.position = place.offset + 1
    let disposition = try processor.answer(
      place.rejection, partition: partition, speaks: speaks, clock: clock, into: &link,
      counters: &openCounters)
    guard speaks else { return }
    openCounters.count(disposition)
    if let rejection = place.rejection { openCounters.countRejection(rejection.code) }
    telemetry.noteRecord(timestamp: place.timestamp)
  }

  /// Keeps what the answer needs of a record while the link lends it, the whole of one that is no
  /// event.
  private mutating func begin(_ index: Int, rejection: Rejection?) {
    let record = link.record(at: index)
    processor.begin(record)
    guard let rejection else { return }
    processor.keepRejected(
      record, headers: link.headers(ofRecordAt: index), rejection: rejection)
  }

  /// How long nothing but a record needs attention.
  private func untilDue() -> Duration {
    // A changelog's records come when they come.
    if partitions.contains(where: \.isFilling) { return min(.milliseconds(5), untilCommit()) }
    return partitions.contains(where: \.saving.isLoading) ? .zero : untilCommit()
  }

  /// The time left until the next commit is due; zero or less when it is. A commit that is under
  /// way ends the poll when it is done.
  private func untilCommit() -> Duration {
    guard openRecords > 0, pending.isEmpty, !isBlocked else {
      return definition.processing.commitInterval
    }
    let elapsed = clock.monotonicNanoseconds() &- lastCommit
    return definition.processing.commitInterval - .nanoseconds(Int64(clamping: elapsed))
  }

  /// Begins to make the open results and the offsets of all partitions visible together; no other
  /// commit may be under way.
  private mutating func commit() throws(PipelineError) {
    lastCommit = clock.monotonicNanoseconds()
    openRecords = 0
    swap(&pendingCounters, &openCounters)
    if isAssigned {
      copyDue()
      try logCopied()
    }
    pending = (isAssigned ? partitions : []).filter(\.isUncommitted).map {
      CommittedOffset(
        partition: $0.id, offset: $0.progress, metadata: metadata(of: $0))
    }
    guard !pending.isEmpty else { return closeCounters() }
    telemetry.beginCommit(processor.encoder.takeNotices())
    try link.commit(pending)
  }

  /// Takes the outcome of the commit that is under way, if it is known or is to be waited for.
  mutating func settle(waits: Bool) throws(PipelineError) {
    guard !pending.isEmpty, let outcome = try link.outcome(waits: waits) else { return }
    switch outcome {
    case .committed:
      for offset in pending {
        partitions.first { $0.id == offset.partition }?.noteCommitted(offset)
      }
      writeCopied()
      pendingCounters.commits += 1
      telemetry.commit(
        now: clock.millisecondsSince1970(),
        nanoseconds: clock.monotonicNanoseconds() &- lastCommit)
      closeCounters()
      pending.removeAll(keepingCapacity: true)
    case .aborted:
      pending.removeAll(keepingCapacity: true)
      try rollBack()
    }
  }

  /// Forgets what was counted and is not committed.
  mutating func discardOpenCounters() {
    pendingCounters = Counters()
    openCounters = Counters()
    openRecords = 0
    committedCounters.aborts += 1
    _ = processor.encoder.takeNotices()
    telemetry.discard()
  }

  private mutating func closeCounters() {
    if committedCounters.smeared == 0, pendingCounters.smeared > 0 {
      log.warning(
        "\(definition.pipeline): records come without a key, or a stream's come with several keys: "
          + "its events may lie in several partitions, each with a model of its own. Let the "
          + "producer's key be what names the stream (input.stream), or its group (input.group)")
    }
    if committedCounters.unheard == 0, pendingCounters.unheard > 0 {
      log.warning(
        "\(definition.pipeline): a group has more streams than hear each other: those that came "
          + "last learn on their own. Name smaller groups (input.group)")
    }
    committedCounters += pendingCounters
    pendingCounters = Counters()
  }
}
