import Evaluation
import Glibc
import Pipeline
import Synchronization

extension Workforce {
  /// Threads of this process, with a progress line on standard error.
  static func threads(_ count: Int, isQuiet: Bool) -> Workforce {
    Workforce { what, jobCount, job in
      let progress = ProgressLine(
        total: jobCount, what: what ?? "", isQuiet: isQuiet || what == nil)
      let next = Mutex(0)
      let done = Mutex(0)
      let threads = (0..<min(count, jobCount)).map { index in
        WorkerThread(name: "eval-\(index)") {
          while let mine = next.withLock({ $0.taken(below: jobCount) }) {
            job(mine)
            progress.update(done.withLock { $0.counted() })
          }
        }
      }
      for thread in threads { thread.join() }
      if let what { progress.finish("\(what): \(jobCount)") }
    }
  }
}

/// The processors of this machine.
var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

extension Int {
  /// The number before it grows by one, nil once it has reached a limit.
  fileprivate mutating func taken(below limit: Int) -> Int? {
    guard self < limit else { return nil }
    defer { self += 1 }
    return self
  }

  /// The number after it has grown by one.
  fileprivate mutating func counted() -> Int {
    self += 1
    return self
  }
}
