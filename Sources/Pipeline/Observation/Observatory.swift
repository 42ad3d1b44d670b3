import Synchronization

/// Where the workers of one pipeline tell what they do, and where others look and ask.
///
/// Workers copy their figures in and never wait for a reader; a question is answered by the worker
/// that owns the streams, between two batches.
public final class Observatory: Sendable {
  fileprivate struct Worker {
    var report = WorkerReport()
    /// When it last went round its loop, in nanoseconds of the monotonic clock.
    var beat: UInt64
    var isRunning = true
    /// Since when each of its partitions has stood still with something to read, by the same
    /// clock; only those that do.
    var standing: [TopicPartition: UInt64] = [:]
    /// Questions that it has not heard yet.
    var questions: [Question] = []
  }

  private struct State {
    var definition: Definition
    var workers: [Worker]
    var notices: [Notice] = []
    var lastSequence: Int64 = 0
    var reload: ReloadReport
  }

  /// Notices that are kept for those who come later.
  private static let noticesMax = 2000
  /// Questions that may wait for one worker.
  private static let questionsMax = 64
  /// How long a partition may stand still with records to read before the pipeline is not ready,
  /// in nanoseconds.
  public static let stallLimit: UInt64 = 60_000_000_000
  /// How long a worker may take to go round its loop before the process counts as dead, in
  /// nanoseconds; waiting for the cluster does not count.
  private static let hangLimit: UInt64 = 60_000_000_000

  /// When the process began to work, in milliseconds since 1970: notices are numbered from then on.
  public let started: Int64
  private let state: Mutex<State>
  /// Questions that wait, so that a worker's look costs next to nothing.
  private let waiting = Atomic(0)

  /// - Parameters:
  ///   - workers: how many there are, at least 1.
  public init(definition: Definition, workers: Int, clock: some Clock) {
    let worker = Worker(beat: clock.monotonicNanoseconds())
    started = clock.millisecondsSince1970()
    state = Mutex(
      State(
        definition: definition, workers: Array(repeating: worker, count: workers),
        reload: ReloadReport(at: started)))
  }
}

// MARK: The workers' side

extension Observatory {
  /// Notes that a worker is alive.
  public func beat(_ worker: Int, now: UInt64) {
    state.withLock { $0.workers[worker].beat = now }
  }

  /// Shows a worker's figures, and what was committed since the last time.
  public func publish(
    _ report: WorkerReport, notices: [Notice], worker: Int, clock: some Clock
  ) {
    let monotonic = clock.monotonicNanoseconds()
    let now = clock.millisecondsSince1970()
    state.withLock { state in
      state.workers[worker].note(report, monotonic: monotonic, now: now)
      for var notice in notices {
        state.lastSequence += 1
        notice.sequence = state.lastSequence
        notice.published = now
        state.notices.append(notice)
      }
      let excess = state.notices.count - Self.noticesMax
      // Not one by one, since moving the rest costs.
      if excess > Self.noticesMax / 4 { state.notices.removeFirst(excess) }
    }
  }

  /// A worker has ended: it answers nothing any more.
  public func end(_ worker: Int) {
    let open = state.withLock { state in
      state.workers[worker].isRunning = false
      state.workers[worker].report.isJoined = false
      defer { state.workers[worker].questions = [] }
      return state.workers[worker].questions
    }
    waiting.subtract(open.count, ordering: .relaxed)
    for question in open { question.answer(nil) }
  }

  /// The next question to a worker, if there is one.
  public func nextQuestion(to worker: Int) -> Question? {
    guard waiting.load(ordering: .relaxed) > 0 else { return nil }
    let question = state.withLock { state in
      state.workers[worker].questions.isEmpty
        ? nil : state.workers[worker].questions.removeFirst()
    }
    if question != nil { waiting.subtract(1, ordering: .relaxed) }
    return question
  }

  /// A new definition is to be worked by.
  public func adopt(_ definition: Definition) { state.withLock { $0.definition = definition } }

  /// Notes what came of reading the definition anew.
  ///
  /// - Parameter now: milliseconds since 1970.
  public func noteReload(isSuccess: Bool, now: Int64) {
    state.withLock { state in
      state.reload.isLastSuccessful = isSuccess
      if isSuccess {
        state.reload.successes += 1
        state.reload.lastSuccess = now
      } else {
        state.reload.failures += 1
      }
    }
  }
}

// MARK: The readers' side

extension Observatory {
  /// What the pipeline does.
  public var definition: Definition { state.withLock { $0.definition } }

  /// What came of reading the definition anew.
  public var reload: ReloadReport { state.withLock { $0.reload } }

  /// The workers' latest figures, those that have ended included.
  public var reports: [WorkerReport] { state.withLock { $0.workers.map(\.report) } }

  /// What all workers have done.
  public var counters: Counters {
    reports.reduce(into: Counters()) { $0 += $1.counters }
  }

  /// When the running worker that has been silent longest was last heard, in nanoseconds of the
  /// monotonic clock; nil where none runs.
  public var oldestBeat: UInt64? {
    state.withLock { $0.workers.filter(\.isRunning).map(\.beat).min() }
  }

  /// Whether every running worker still goes round its loop, whatever the cluster does.
  public func isAlive(now: UInt64) -> Bool {
    oldestBeat.map { now < $0 + Self.hangLimit } ?? true
  }

  /// How long the partition that has stood still longest, with records to read, has done so, in
  /// nanoseconds.
  public func stall(now: UInt64) -> UInt64 {
    state.withLock { state in
      let standing = state.workers.filter(\.isRunning).flatMap { $0.standing.values }
      return standing.min().map { now > $0 ? now - $0 : 0 } ?? 0
    }
  }

  /// Whether every worker runs, has joined, and has restored what it was given.
  public var isRestored: Bool {
    state.withLock { state in
      state.workers.allSatisfy { worker in
        worker.isRunning && worker.report.isJoined
          && worker.report.counters.unsavable == 0
          && !worker.report.partitions.contains(where: \.isRestoring)
      }
    }
  }

  /// Whether the pipeline is restored and does not stand still while there is something to read.
  public func isReady(now: UInt64) -> Bool { isRestored && stall(now: now) < Self.stallLimit }

  /// The number of the latest notice; 0 before the first.
  public var lastSequence: Int64 { state.withLock { $0.lastSequence } }

  /// The notices after a sequence number, oldest first.
  public func notices(after sequence: Int64) -> [Notice] {
    state.withLock { state in
      let new = state.lastSequence - sequence
      guard new > 0 else { return [] }
      return Array(state.notices.suffix(Int(clamping: new)))
    }
  }

  /// Asks all running workers.
  ///
  /// - Parameter done: called once with what they say, on the thread that answers last; at once
  ///   with nothing where none runs or too many questions wait.
  public func ask(_ kind: Question.Kind, done: @escaping @Sendable ([Question.Answer]) -> Void) {
    let isAsked = state.withLock { state in
      let running = state.workers.indices.filter { state.workers[$0].isRunning }
      let isFull = running.contains { state.workers[$0].questions.count >= Self.questionsMax }
      guard !running.isEmpty, !isFull else { return false }
      let question = Question(kind, workers: running.count, done: done)
      for worker in running { state.workers[worker].questions.append(question) }
      waiting.add(running.count, ordering: .relaxed)
      return true
    }
    if !isAsked { done([]) }
  }
}

extension Observatory.Worker {
  /// Takes a report, and notes which partitions have moved on since the last.
  ///
  /// - Parameters:
  ///   - monotonic: nanoseconds of the monotonic clock.
  ///   - now: milliseconds since 1970.
  fileprivate mutating func note(_ new: WorkerReport, monotonic: UInt64, now: Int64) {
    var new = new
    var standing: [TopicPartition: UInt64] = [:]
    // Who waits for the disk stands still with reason, and says so.
    let waits = new.counters.unsavable > 0
    for index in new.partitions.indices {
      let id = new.partitions[index].partition
      let old = report.partitions.first { $0.partition == id }
      new.partitions[index].progress.advance(
        from: old, to: new.partitions[index], monotonic: monotonic, now: now)
      guard let old, old.position == new.partitions[index].position,
        (new.partitions[index].lag ?? 0) > 0, !waits
      else { continue }
      standing[id] = self.standing[id] ?? monotonic
    }
    self.standing = standing
    report = new
  }
}
