import Demo
import Glibc

/// What people see while the demonstration runs: a picture on a terminal, a line every ten seconds
/// elsewhere.
struct DemoView: ~Copyable {
  private static let plainInterval: UInt64 = 10_000_000_000
  /// Over how many drawings rates are measured: two seconds.
  private static let samplesMax = 8

  private struct Sample {
    var nanoseconds: UInt64
    var events: Int
    var predictions: Int
  }

  private let terminal: Terminal?
  /// Where plain lines go.
  private let isQuiet: Bool
  private var samples: [Sample] = []
  private var lastLine: UInt64

  /// - Parameter isQuiet: keeps standard output free: plain lines, on standard error.
  init(isQuiet: Bool, nanoseconds: UInt64) {
    self.isQuiet = isQuiet
    terminal = isQuiet ? nil : Terminal()
    lastLine = nanoseconds
  }

  /// Shows the state of things.
  mutating func show(_ snapshot: consuming Snapshot, nanoseconds: UInt64) {
    measure(&snapshot, nanoseconds)
    // Plain lines come at whole tens of seconds of the run itself.
    if snapshot.phase == .joining { lastLine = nanoseconds }
    if terminal != nil {
      terminal?.draw(snapshot)
    } else if nanoseconds - lastLine >= Self.plainInterval {
      lastLine = nanoseconds
      if isQuiet { printError(snapshot.plainLine) } else { printLine(snapshot.plainLine) }
    }
  }

  private mutating func measure(_ snapshot: inout Snapshot, _ now: UInt64) {
    let sample = Sample(
      nanoseconds: now, events: snapshot.events, predictions: snapshot.predictions)
    let first = samples.first ?? sample
    samples.append(sample)
    if samples.count > Self.samplesMax { samples.removeFirst() }
    let seconds = Double(now - first.nanoseconds) * 1e-9
    guard seconds > 0 else { return }
    snapshot.eventsPerSecond = Double(sample.events - first.events) / seconds
    snapshot.predictionsPerSecond = Double(sample.predictions - first.predictions) / seconds
  }

  private func printLine(_ line: String) {
    _ = writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }
}
