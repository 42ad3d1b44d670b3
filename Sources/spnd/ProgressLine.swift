import Glibc
import Synchronization

/// Progress of long work on standard error: a bar on a terminal, one line a minute elsewhere.
final class ProgressLine: Sendable {
  private let total: Int
  private let what: String
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let start: UInt64
  private let shown: Mutex<UInt64>

  /// - Parameter total: what `update` counts up to.
  init(total: Int, what: String, isQuiet: Bool) {
    self.total = max(total, 1)
    self.what = what
    self.isQuiet = isQuiet
    isTerminal = isatty(STDERR_FILENO) == 1
    start = SystemClock().monotonicNanoseconds()
    shown = Mutex(start)
  }

  /// Shows how far the work is, at most ten times a second.
  func update(_ done: Int) {
    guard !isQuiet else { return }
    let now = SystemClock().monotonicNanoseconds()
    let pause: UInt64 = isTerminal ? 100_000_000 : 60_000_000_000
    let isDue = shown.withLock { last in
      guard now - last >= pause else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let share = min(1, Double(done) / Double(total))
    let percent = Int(share * 100)
    guard isTerminal else { return printError("\(what): \(percent) %") }
    let filled = Int(share * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    let elapsed = Double(now - start) * 1e-9
    let left = share > 0.01 ? " \(Int(elapsed / share - elapsed)) s left" : ""
    writeError("\r\u{1B}[K\(what) \(bar) \(percent) %\(left)")
  }

  /// Replaces the progress by what came of the work.
  func finish(_ message: String) {
    guard !isQuiet else { return }
    let seconds = Double(SystemClock().monotonicNanoseconds() - start) * 1e-9
    let rounded = (seconds * 100).rounded() / 100
    printError((isTerminal ? "\r\u{1B}[K" : "") + "\(message) in \(rounded) s")
  }

  private func writeError(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}
