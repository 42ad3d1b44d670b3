internal import Pipeline
internal import Synchronization

/// A producer that commits on a thread of its own, so that its owner can go on meanwhile.
struct Committer: ~Copyable {
  private let shared: Shared
  private let thread: WorkerThread

  /// What the owner and the thread hand to and fro.
  ///
  /// Sendable because each field belongs to the owner until it posts `begun`, and to the thread
  /// from there until it posts `ended`.
  private final class Shared: @unchecked Sendable {
    var producer: Producer
    /// What to commit; nil ends the thread.
    var commit: PendingCommit?
    var outcome: Result<CommitOutcome, KafkaError> = .success(.committed)
    /// Whether the outcome is known, and `ended` about to be posted.
    let isKnown = Atomic(false)
    let begun = Semaphore()
    let ended = Semaphore()

    init(_ producer: consuming Producer) { self.producer = producer }

    /// The thread's life.
    func serve() {
      while true {
        begun.wait()
        guard let commit = commit.take() else { return }
        do throws(KafkaError) {
          outcome = .success(try commit.run(with: &producer))
        } catch {
          outcome = .failure(error)
        }
        // The owner may be waiting for records. It must not close its consumer before it is let go.
        isKnown.store(true, ordering: .releasing)
        commit.wake()
        _ = consume commit
        ended.post()
      }
    }
  }

  init(_ producer: consuming Producer) {
    let shared = Shared(producer)
    self.shared = shared
    thread = WorkerThread(name: "commit") { shared.serve() }
  }

  deinit {
    if isBusy { shared.ended.wait() }
    shared.begun.post()
    thread.join()
  }

  /// Whether a commit was begun whose outcome was not taken.
  private(set) var isBusy = false

  /// The producer, which nobody may touch while the committer is busy.
  var producer: Producer {
    _read {
      precondition(!isBusy)
      yield shared.producer
    }
    _modify {
      precondition(!isBusy)
      yield &shared.producer
    }
  }

  /// Begins a commit.
  mutating func begin(_ commit: consuming PendingCommit) {
    precondition(!isBusy)
    isBusy = true
    shared.commit = consume commit
    shared.begun.post()
  }

  /// Takes the outcome; nil where it is not known and `waits` is false.
  mutating func outcome(waits: Bool) throws(KafkaError) -> CommitOutcome? {
    guard isBusy else { return nil }
    guard waits || shared.isKnown.load(ordering: .acquiring) else { return nil }
    shared.ended.wait()
    shared.isKnown.store(false, ordering: .relaxed)
    isBusy = false
    return try shared.outcome.get()
  }
}
