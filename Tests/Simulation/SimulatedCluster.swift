import Evaluation
import Pipeline

extension SplitMix64 {
  /// True once in `count` times on average.
  mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

/// A result as a reader of committed records sees it.
struct SimulatedResult: Hashable {
  var output: Output
  var source: TopicPartition
  var offset: Int64
  var value: [UInt8]
  var headers: [Header]

  var text: String {
    "\(output) of \(source.partition)/\(offset) \(String(decoding: value, as: UTF8.self))"
  }
}

/// A Kafka cluster of one topic in memory: input, group, transactions, with faults that a seed
/// decides.
///
/// What it promises is what Kafka promises: results and offsets of a transaction appear together or
/// not at all, and a member that the group has given up can commit nothing.
final class SimulatedCluster {
  struct InputRecord {
    var key: [UInt8]?
    var value: [UInt8]?
    var timestamp: Int64
  }

  /// How often things go wrong; the mean number of chances between two faults, 0 for never.
  struct Faults {
    var abort = 0
    var crash = 0
    var rebalance = 0
    var lost = 0
    /// The sink is full for too long and drops a result, which dooms its transaction.
    var full = 0
    /// The disk takes no models for a while.
    var disk = 0
  }

  private(set) var partitions: [[InputRecord]]
  /// Where a new group begins, in each partition; nil where the log starts.
  var bootstrap: PartitionOffer.Bootstrap?
  var random: SplitMix64
  var faults: Faults
  /// A history ends in calm, or it might never end: models are learned again from the start after
  /// each fault.
  private var faultsLeft = 12
  var committed: [TopicPartition: CommittedOffset] = [:]
  /// The first offset that each log still has.
  var logStarts: [TopicPartition: Int64] = [:]
  private(set) var results: [SimulatedResult] = []
  var changelog = SimulatedChangelog()
  private var members: [Int: Member] = [:]
  private var nextMember = 0
  /// Members that were dealt partitions and have not heard of it.
  private var dealt: Set<Int> = []

  private enum Phase {
    case joining, owning, revoking, revoked
  }

  private struct Member {
    var phase = Phase.joining
    var partitions: [TopicPartition] = []
  }

  init(partitions: [[InputRecord]], seed: UInt64, faults: Faults) {
    self.partitions = partitions
    self.faults = faults
    random = SplitMix64(seed: seed)
  }

  /// Whether every record has been answered and committed.
  var isDone: Bool {
    partitions.indices.allSatisfy { partition in
      let id = TopicPartition(topic: 0, partition: Int32(partition))
      return committed[id]?.offset == Int64(partitions[partition].count)
    }
  }

  /// A fault that happens once in `count` chances, as long as the history has faults left.
  func strikes(_ count: Int) -> Bool {
    guard count > 0, faultsLeft > 0, random.once(in: count) else { return false }
    faultsLeft -= 1
    return true
  }

  /// A new member; the others have to give their partitions back first.
  func join() -> Int {
    nextMember += 1
    members[nextMember] = Member()
    rebalance()
    return nextMember
  }

  /// A member is gone, with or without a word.
  func leave(_ id: Int) {
    guard members.removeValue(forKey: id) != nil else { return }
    rebalance()
  }

  /// An operator deletes the group's offsets, and retention what is before `offset`.
  func beginAnew(from offset: Int64) {
    committed = [:]
    for partition in partitions.indices {
      logStarts[TopicPartition(topic: 0, partition: Int32(partition))] = offset
    }
  }

  /// The topic gets more partitions.
  func add(_ partitions: [[InputRecord]]) {
    self.partitions += partitions
    rebalance()
  }

  /// More records come to a partition.
  func append(_ records: [InputRecord], to partition: Int) { partitions[partition] += records }

  /// Takes all partitions back from everyone.
  func rebalance() {
    for id in members.keys where members[id]?.phase == .owning { members[id]?.phase = .revoking }
  }

  /// What the group has to say to a member, if anything.
  func event(for id: Int) -> SourceEvent? {
    guard let member = members[id] else {
      members[id] = Member()
      rebalance()
      return .revoked(lost: true)
    }
    if dealt.remove(id) != nil { return offers(for: id) }
    switch member.phase {
    case .owning: return nil
    case .revoking: return .revoked(lost: false)
    case .joining, .revoked:
      let isReady = members.values.allSatisfy { $0.phase == .joining || $0.phase == .revoked }
      guard isReady else { return nil }
      deal()
      dealt.remove(id)
      return offers(for: id)
    }
  }

  private func offers(for id: Int) -> SourceEvent? {
    guard let member = members[id] else { return nil }
    return .assigned(
      member.partitions.map { partition in
        PartitionOffer(
          partition: partition, committed: committed[partition]?.offset,
          metadata: committed[partition]?.metadata ?? "", logStart: logStarts[partition] ?? 0,
          logEnd: Int64(partitions[Int(partition.partition)].count), bootstrap: bootstrap,
          partitionCount: Int32(partitions.count))
      })
  }

  private func deal() {
    var ids = members.keys.sorted()
    ids.shuffle(using: &random)
    for id in ids { members[id] = Member(phase: .owning) }
    for partition in partitions.indices {
      let id = ids[partition % ids.count]
      members[id]?.partitions.append(TopicPartition(topic: 0, partition: Int32(partition)))
    }
    dealt = Set(ids)
  }

  /// A member has given its partitions back.
  func unassign(_ id: Int) {
    if members[id]?.phase == .revoking { members[id]?.phase = .revoked }
  }

  /// Transactions that the dead have left open end at some time.
  func expireTransactions() {
    changelog.expire({ members[$0] == nil }, { random.once(in: 10) })
  }

  /// The group gives a member up without telling it.
  func expel(_ id: Int) { leave(id) }

  /// Makes a transaction visible, unless the member has lost its place.
  func commit(
    _ member: Int, _ transaction: [SimulatedResult], _ offsets: [CommittedOffset]
  ) -> Bool {
    guard let state = members[member], state.phase == .owning || state.phase == .revoking else {
      return false
    }
    for offset in offsets where !state.partitions.contains(offset.partition) { return false }
    results += transaction
    for offset in offsets { committed[offset.partition] = offset }
    return true
  }
}
