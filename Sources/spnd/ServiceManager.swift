import Admin
import CSystemd

extension Service {
  /// Speaks to the service manager that started this process, if one did.
  init() {
    var microseconds: UInt64 = 0
    let isWatched = unsafe sd_watchdog_enabled(0, &microseconds) > 0
    self.init(watchdog: isWatched ? microseconds * 1000 : nil) { unsafe sd_notify(0, $0) }
  }
}
