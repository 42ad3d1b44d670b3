import Glibc

/// The signals that a daemon answers, blocked in every thread and waited for in one.
///
/// Made before any other thread, so that all inherit the mask.
struct Signals {
  private var set = sigset_t()

  init() {
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for one of the signals; nil where none came in time.
  func wait(milliseconds: Int) -> Int32? {
    var set = set
    var limit = timespec(
      tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let number = unsafe sigtimedwait(&set, nil, &limit)
    return number > 0 ? number : nil
  }
}
