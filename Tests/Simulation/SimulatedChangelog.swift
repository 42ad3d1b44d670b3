import Pipeline

/// The changelogs of a simulated cluster, with transactions that are open, committed or aborted.
struct SimulatedChangelog {
  struct Record {
    var key: [UInt8]
    var value: [UInt8]?
    var headers: [Header]
    var transaction: Int
  }

  enum Outcome { case open, committed, aborted }

  private var logs: [TopicPartition: [Record]] = [:]
  private var transactions: [(member: Int, outcome: Outcome)] = []

  /// Begins a member's transaction; returns its number.
  mutating func begin(by member: Int) -> Int {
    transactions.append((member, .open))
    return transactions.count - 1
  }

  mutating func append(_ record: Record, to partition: TopicPartition) {
    logs[partition, default: []].append(record)
  }

  mutating func end(_ transaction: Int, _ outcome: Outcome) {
    transactions[transaction].outcome = outcome
  }

  /// Ends what the dead have left open, each with a chance.
  mutating func expire(_ isDead: (_ member: Int) -> Bool, _ isTime: () -> Bool) {
    for index in transactions.indices
    where transactions[index].outcome == .open && isDead(transactions[index].member) && isTime() {
      transactions[index].outcome = .aborted
    }
  }

  /// The committed records from a position to the first one of an open transaction, or `count`
  /// records on; and where that is.
  func read(
    _ partition: TopicPartition, from position: Int, count: Int
  ) -> (records: [Record], next: Int, isAtEnd: Bool) {
    let log = logs[partition] ?? []
    let end =
      log.indices.first { transactions[log[$0].transaction].outcome == .open } ?? log.count
    let next = max(position, min(end, position + count))
    let read = log[min(position, next)..<next]
    return (
      read.filter { transactions[$0.transaction].outcome == .committed }, next, next >= end
    )
  }
}
