/// What an engine measures of itself for its operator; nothing of it reaches a result.
struct Telemetry {
  private(set) var processing = Histogram()
  private(set) var latency = Histogram()
  private(set) var commits = Histogram()
  private(set) var saves = Histogram()
  /// The Kafka timestamps of the records that the open transaction answers, and of those that the
  /// commit under way answers, with what it says.
  private var timestamps: [Int64] = []
  private var pendingTimestamps: [Int64] = []
  private var pendingNotices: [Notice] = []
  /// What was committed and nobody has taken yet, oldest first.
  private(set) var notices: [Notice] = []

  /// Notices that wait at most; the oldest go first.
  private static let noticesMax = 1000

  /// Notes a batch of `count` records that took so long.
  mutating func noteBatch(_ count: Int, nanoseconds: UInt64) {
    guard count > 0 else { return }
    processing.observe(seconds: Double(nanoseconds) * 1e-9 / Double(count), count: Int64(count))
  }

  /// Notes a record that the open transaction answers; −1 is a record without a timestamp.
  mutating func noteRecord(timestamp: Int64) {
    if timestamp >= 0 { timestamps.append(timestamp) }
  }

  /// A commit of the open transaction begins.
  mutating func beginCommit(_ notices: [Notice]) {
    swap(&timestamps, &pendingTimestamps)
    pendingNotices = notices
  }

  /// It was committed.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970.
  ///   - nanoseconds: how long the commit took.
  mutating func commit(now: Int64, nanoseconds: UInt64) {
    for timestamp in pendingTimestamps {
      latency.observe(seconds: Double(now - timestamp) * 1e-3)
    }
    pendingTimestamps.removeAll(keepingCapacity: true)
    commits.observe(seconds: Double(nanoseconds) * 1e-9)
    notices += pendingNotices
    pendingNotices.removeAll(keepingCapacity: true)
    if notices.count > Self.noticesMax { notices.removeFirst(notices.count - Self.noticesMax) }
  }

  /// Notes how long a slice of models took to be written.
  mutating func noteSave(nanoseconds: UInt64) {
    saves.observe(seconds: Double(nanoseconds) * 1e-9)
  }

  /// What was not committed came to nothing.
  mutating func discard() {
    timestamps.removeAll(keepingCapacity: true)
    pendingTimestamps.removeAll(keepingCapacity: true)
    pendingNotices.removeAll(keepingCapacity: true)
  }

  /// Hands the committed notices over.
  mutating func takeNotices() -> [Notice] {
    defer { notices.removeAll(keepingCapacity: true) }
    return notices
  }
}
