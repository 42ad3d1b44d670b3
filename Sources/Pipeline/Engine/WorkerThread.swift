internal import Glibc

/// A thread of its own for work that blocks, with a name that `top -H` shows.
///
/// Swift's cooperative threads must never block, and a worker does little else.
package final class WorkerThread: Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }

    /// Gives the thread that calls its name.
    func nameThread() {
      let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { return }
      _ = unsafe write(file, name, name.utf8.count)
      close(file)
    }
  }

  private let thread: pthread_t

  /// Starts the thread; `name` is cut to the 15 characters that Linux keeps.
  package init(name: String, run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(name: String(name.prefix(15)), run: run))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        body.nameThread()
        body.run()
        return nil
      }, body.toOpaque())
    precondition(result == 0, "the system refuses another thread")
    self.thread = thread
  }

  /// Waits for the thread's end.
  package func join() {
    pthread_join(thread, nil)
  }
}
