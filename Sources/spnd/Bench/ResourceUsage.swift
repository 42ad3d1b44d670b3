import CBench
import Glibc

/// CPU time and memory of this process, as Linux counts them.
enum ResourceUsage {
  /// Nanoseconds that the calling thread has computed.
  static func threadNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Nanoseconds that all threads of this process have computed.
  static func processNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Bytes of this process that are in memory.
  static func residentBytes() -> Int {
    let words = text(of: "/proc/self/statm").split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Bytes that the machine has to give.
  static func availableBytes() -> Int {
    for line in text(of: "/proc/meminfo").split(separator: "\n")
    where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      return words.count > 1 ? (Int(words[1]) ?? 0) * 1024 : 0
    }
    return 0
  }

  /// Seconds that the threads alive now have computed, by what they do: `worker`, `commit`, `save`,
  /// `librdkafka`, `broker` (the embedded one) and `other`.
  static func secondsByThread() -> [String: Double] {
    var seconds: [String: Double] = [:]
    guard let folder = unsafe opendir("/proc/self/task") else { return seconds }
    defer { unsafe closedir(folder) }
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      guard name.first?.isNumber == true else { continue }
      let path = "/proc/self/task/\(name)"
      let time = text(of: "\(path)/schedstat").split(separator: " ").first.flatMap { Double($0) }
      seconds[role(of: text(of: "\(path)/comm")), default: 0] += (time ?? 0) * 1e-9
    }
    return seconds
  }

  private static func role(of thread: String) -> String {
    if thread.hasPrefix("worker") { return "worker" }
    if thread.hasPrefix("commit") { return "commit" }
    if thread.hasPrefix("save") { return "save" }
    if thread.hasPrefix("rdk:mock") { return "broker" }
    return thread.hasPrefix("rdk:") ? "librdkafka" : "other"
  }

  /// A small file of the system's.
  private static func text(of path: String) -> String {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }
}

/// Heap allocations, counted where they are asked for.
enum AllocationCount {
  /// Counts from here on; before any thread starts.
  static func begin() {
    if !bench_count_allocations() { printError("allocations cannot be counted on this system") }
  }

  /// Allocations by our own code so far.
  static var own: UInt64 { bench_allocations_now().own }

  /// Allocations by other libraries so far, librdkafka among them.
  static var others: UInt64 { bench_allocations_now().others }
}
