import Pipeline
import Synchronization

/// The process died here.
let crash = PipelineError(code: .cluster, subject: "process", reason: "killed by the simulation")

/// One member's consumer and producer on a simulated cluster.
struct SimulatedLink: Source, Sink, ~Copyable {
  let cluster: SimulatedCluster
  let member: Int
  /// Records a poll returns at most.
  let batch: Int
  private var positions: [TopicPartition: Int64] = [:]
  private var lent: [Lent] = []
  private var bytes: [UInt8] = []
  private var transaction = Transaction()
  /// Where reading the changelogs is, and of which the end was reached.
  private var changelogs: [TopicPartition: Int] = [:]
  private var ends: Set<TopicPartition> = []
  /// The transaction whose commit was begun, and its offsets.
  private var pending: (Transaction, [CommittedOffset])?

  private struct Transaction {
    var results: [SimulatedResult] = []
    /// Whether a result was not taken.
    var isDoomed = false
    /// Its number in the changelogs, if it has models.
    var number: Int?
  }

  private struct Lent {
    var partition: TopicPartition
    var offset: Int64
    var timestamp: Int64
    var key: Range<Int>
    var value: Range<Int>
    var hasKey: Bool
    var hasValue: Bool
  }

  init(cluster: SimulatedCluster, batch: Int) {
    self.cluster = cluster
    self.batch = batch
    member = cluster.join()
  }

  mutating func poll(timeout: Duration) throws(PipelineError) -> SourceEvent {
    lent.removeAll()
    bytes.removeAll()
    if cluster.strikes(cluster.faults.crash) { throw die() }
    if cluster.strikes(cluster.faults.rebalance) { cluster.rebalance() }
    if cluster.strikes(cluster.faults.lost) { cluster.expel(member) }
    if let event = cluster.event(for: member) { return event }
    lend()
    return .records(lent.count)
  }

  private mutating func lend() {
    let ids = positions.keys.sorted { $0.partition < $1.partition }
    guard let id = ids.randomElement(using: &cluster.random) else { return }
    let records = cluster.partitions[Int(id.partition)]
    let count = Int.random(in: 0...batch, using: &cluster.random)
    while lent.count < count, let position = positions[id], position < records.count {
      lend(records[Int(position)], id, position)
      positions[id] = position + 1
    }
  }

  private mutating func lend(
    _ record: SimulatedCluster.InputRecord, _ id: TopicPartition, _ offset: Int64
  ) {
    let start = bytes.count
    bytes += record.key ?? []
    let middle = bytes.count
    bytes += record.value ?? []
    lent.append(
      Lent(
        partition: id, offset: offset, timestamp: record.timestamp, key: start..<middle,
        value: middle..<bytes.count, hasKey: record.key != nil, hasValue: record.value != nil))
  }

  @_lifetime(borrow self)
  func record(at index: Int) -> Record {
    let record = lent[index]
    return Record(
      partition: record.partition, offset: record.offset, timestamp: record.timestamp,
      key: record.hasKey ? bytes.span.extracting(record.key) : nil,
      value: record.hasValue ? bytes.span.extracting(record.value) : nil)
  }

  func headers(ofRecordAt index: Int) -> [Header] { [Header("trace", "\(lent[index].offset)")] }

  mutating func assign(_ starts: [PartitionStart]) {
    lent.removeAll()
    positions = [:]
    for start in starts { positions[start.partition] = start.offset }
  }

  mutating func unassign() {
    positions = [:]
    cluster.unassign(member)
  }

  func bytesMax(of output: Output) -> Int { 1_000_000 }

  mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) throws(PipelineError) {
    if cluster.strikes(cluster.faults.crash * 20) { throw die() }
    if cluster.strikes(cluster.faults.full) { transaction.isDoomed = true }
    var copied: [UInt8] = []
    if let value { for index in value.indices { copied.append(value[index]) } }
    transaction.results.append(
      SimulatedResult(
        output: output, source: source, offset: offset, value: copied,
        headers: headers))
  }

  mutating func commit(_ offsets: [CommittedOffset]) throws(PipelineError) {
    precondition(pending == nil, "a commit begins before the outcome of the last was told")
    if cluster.strikes(cluster.faults.crash) { throw die() }
    pending = (transaction, offsets)
    transaction = Transaction()
  }

  mutating func outcome(waits: Bool) throws(PipelineError) -> CommitOutcome? {
    guard pending != nil, waits || cluster.random.once(in: 3) else { return nil }
    if cluster.strikes(cluster.faults.crash) { throw die() }
    guard !cluster.strikes(cluster.faults.abort), finishPending() else {
      if let (transaction, _) = pending.take() { end(transaction, .aborted) }
      abort()
      return .aborted
    }
    if cluster.strikes(cluster.faults.crash) { throw die() }
    return .committed
  }

  mutating func abort() {
    precondition(pending == nil, "an abort while the outcome of a commit is not known")
    end(transaction, .aborted)
    transaction = Transaction()
  }

  /// Whether the cluster took the transaction whose commit was begun.
  private mutating func finishPending() -> Bool {
    guard let (transaction, offsets) = pending.take() else { return false }
    let isTaken =
      !transaction.isDoomed && cluster.commit(member, transaction.results, offsets)
    end(transaction, isTaken ? .committed : .aborted)
    return isTaken
  }

  private func end(_ transaction: Transaction, _ outcome: SimulatedChangelog.Outcome) {
    if let number = transaction.number { cluster.changelog.end(number, outcome) }
  }

  /// The process dies; a commit that was under way may have arrived all the same.
  private mutating func die() -> PipelineError {
    if cluster.random.once(in: 2) { _ = finishPending() }
    return crash
  }
}

/// The changelogs, which give their records in small pieces.
extension SimulatedLink {
  mutating func appendToChangelog(
    of partition: TopicPartition, key: Span<UInt8>, value: Span<UInt8>?, headers: [Header]
  ) throws(PipelineError) {
    if cluster.strikes(cluster.faults.crash * 5) { throw die() }
    let number = transaction.number ?? cluster.changelog.begin(by: member)
    transaction.number = number
    var copied: [UInt8]?
    if let value { copied = value.indices.map { value[$0] } }
    let record = SimulatedChangelog.Record(
      key: key.indices.map { key[$0] }, value: copied, headers: headers, transaction: number)
    cluster.changelog.append(record, to: partition)
  }

  mutating func assignChangelogs(_ partitions: [TopicPartition]) {
    changelogs = [:]
    ends = []
    for partition in partitions { changelogs[partition] = 0 }
  }

  mutating func readChangelogs(_ body: (borrowing Record, [Header]) -> Void) {
    cluster.expireTransactions()
    for (partition, position) in changelogs.sorted(by: { $0.key.partition < $1.key.partition }) {
      let count = Int.random(in: 0...4, using: &cluster.random)
      let found = cluster.changelog.read(partition, from: position, count: count)
      for record in found.records {
        let value = record.value ?? []
        body(
          Record(
            partition: partition, offset: 0, timestamp: 0, key: record.key.span,
            value: record.value == nil ? nil : value.span), record.headers)
      }
      changelogs[partition] = found.next
      if found.isAtEnd { ends.insert(partition) }
    }
  }

  var openTransactionMax: Duration { .seconds(5) }

  func isChangelogAtEnd(_ partition: TopicPartition) -> Bool { ends.contains(partition) }
}

/// A clock that moves a little at every look.
final class SimulatedClock: Clock {
  private let nanoseconds = Atomic<UInt64>(0)

  func millisecondsSince1970() -> Int64 { 1_700_000_000_000 }

  func monotonicNanoseconds() -> UInt64 {
    nanoseconds.add(1_000_000, ordering: .relaxed).newValue
  }
}
