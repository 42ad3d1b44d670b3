import Glibc
import Pipeline

/// Prints a line to standard error.
func printError(_ line: String) {
  var bytes = Array(line.utf8)
  bytes.append(UInt8(ascii: "\n"))
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}

/// The daemon's log on standard error: with syslog priorities for the journal, with times for
/// people.
func standardErrorLog() -> Journal {
  let isJournal = unsafe getenv("JOURNAL_STREAM") != nil
  return Journal { level, message in
    guard level.rawValue <= Journal.Level.info.rawValue else { return }
    printError(isJournal ? "<\(level.rawValue)>\(message)" : "\(timeOfDay()) \(level) \(message)")
  }
}

/// The time of day in UTC, to the millisecond.
private func timeOfDay() -> String {
  let milliseconds = SystemClock().millisecondsSince1970() % 86_400_000
  func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
  let seconds = milliseconds / 1000
  return "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):"
    + "\(digits(seconds % 60, 2)).\(digits(milliseconds % 1000, 3))"
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
