#if canImport(Glibc)
  internal import Glibc
#endif

/// A count of posts that a thread can wait for.
///
/// Sendable because waiting and posting from any thread is what `sem_t` is for.
@safe final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Adds one.
  func post() { unsafe sem_post(semaphore) }

  /// Waits for one and takes it.
  func wait() {
    while unsafe sem_wait(semaphore) != 0 {}
  }
}
