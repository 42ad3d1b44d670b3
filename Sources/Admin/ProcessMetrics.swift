internal import Glibc

/// The metrics that every process has, by the names that Prometheus' client libraries gave them.
enum ProcessMetrics {
  /// Writes what `/proc/self` says; what cannot be read is left out.
  static func write(into text: inout Exposition) {
    var usage = rusage()
    if unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
      text.begin("process_cpu_seconds", .counter, help: "User and system time spent.")
      let seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
      text.sample("process_cpu_seconds_total", [], seconds)
    }
    let fields = statistics
    // Fields 22 to 24 of proc(5)'s stat, the first after the name being field 3.
    if fields.count > 21, let ticks = Double(fields[19]) {
      let age = time(CLOCK_BOOTTIME) - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
      gauge(
        "process_start_time_seconds", "When the process began, since 1970.",
        time(CLOCK_REALTIME) - age, into: &text)
    }
    if fields.count > 21, let pages = Double(fields[21]) {
      gauge(
        "process_resident_memory_bytes", "Memory in use.",
        pages * Double(sysconf(Int32(_SC_PAGESIZE))), into: &text)
    }
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      gauge("process_max_fds", "Files that may be open.", Double(limit.rlim_cur), into: &text)
    }
    if let count = openFiles {
      gauge("process_open_fds", "Files that are open.", Double(count), into: &text)
    }
  }

  private static func gauge(
    _ name: String, _ help: String, _ value: Double, into text: inout Exposition
  ) {
    text.begin(name, .gauge, help: help)
    text.sample(name, [], value)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
  }

  /// What follows the process's name, which may hold anything, in `/proc/self/stat`.
  private static var statistics: [Substring] {
    let text = read("/proc/self/stat")
    guard let end = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }

  private static func time(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var openFiles: Int? {
    guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    // Less `.`, `..` and the folder itself.
    return count - 3
  }

  private static func read(_ path: String) -> String {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var text: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while case let count = unsafe Glibc.read(file, &part, part.count), count > 0 {
      text += part[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
