internal import Pipeline
internal import Synchronization

/// The thread that writes slices, one after the other, in the order in which they come.
final class Saver {
  /// A slice and where it goes.
  struct Task: Sendable {
    var slice: Slice
    let environment: SharedEnvironment
    let lease: UInt64
    let path: String

    /// Writes the slice.
    consuming func run() -> SaveOutcome {
      do throws(LMDBError) {
        return try environment.write(slice, lease: lease) ? .written(slice) : .superseded(slice)
      } catch {
        return .failed(slice, ModelStore.failure(error, path))
      }
    }
  }

  /// What the owner and the thread hand to and fro.
  private final class Shared: Sendable {
    /// What to do, and nil to end.
    let tasks = Mutex<[Task?]>([])
    let outcomes = Mutex<[SaveOutcome]>([])
    let begun = Semaphore()
    let ended = Semaphore()

    func serve() {
      while true {
        begun.wait()
        guard let task = tasks.withLock({ $0.removeFirst() }) else { return }
        let outcome = task.run()
        outcomes.withLock { $0.append(outcome) }
        ended.post()
      }
    }
  }

  private let shared = Shared()
  private let thread: WorkerThread

  init() {
    let shared = shared
    thread = WorkerThread(name: "save") { shared.serve() }
  }

  deinit {
    begin(nil)
    thread.join()
  }

  /// Adds a slice; nil ends the thread when what was begun is done.
  func begin(_ task: Task?) {
    shared.tasks.withLock { $0.append(task) }
    shared.begun.post()
  }

  /// Takes the outcome of the slice that was begun first.
  func outcome(waits: Bool) -> SaveOutcome? {
    if waits {
      shared.ended.wait()
    } else if !shared.ended.tryWait() {
      return nil
    }
    return shared.outcomes.withLock { $0.removeFirst() }
  }
}
