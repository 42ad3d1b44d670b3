internal import Glibc

/// A count of posts that a thread can wait for.
@safe package final class Semaphore: Sendable {
  // Threads share it by design: waiting and posting is what sem_t is for.
  private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

  package init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Adds one.
  package func post() { unsafe sem_post(semaphore) }

  /// Waits for one and takes it.
  package func wait() {
    while unsafe sem_wait(semaphore) != 0 {}
  }

  /// Takes one if there is one.
  package func tryWait() -> Bool { unsafe sem_trywait(semaphore) == 0 }
}
