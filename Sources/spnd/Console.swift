import Glibc
import Pipeline

/// Prints a line to standard error.
func printError(_ line: String) {
  var bytes = Array(line.utf8)
  bytes.append(UInt8(ascii: "\n"))
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}

/// The machine's clocks.
struct SystemClock: Clock {
  func millisecondsSince1970() -> Int64 { read(CLOCK_REALTIME) / 1_000_000 }

  func monotonicNanoseconds() -> UInt64 { UInt64(read(CLOCK_MONOTONIC)) }

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
