import Demo
import Synchronization

/// What all threads of the demonstration share: the judgement, the latest news, and the word to
/// stop.
final class DemoBoard: Sendable {
  /// What is known of the results.
  struct State: Sendable {
    var scoreboard: Scoreboard
    /// The latest first.
    var anomalies: [Notice] = []
    var drifts: [Notice] = []
  }

  /// Notices of each sort that are kept for the view.
  private static let noticesMax = 60

  let state: Mutex<State>
  /// Events that every sensor of the plant has sent.
  let ticks = Atomic(0)
  /// Whether the pipelines have joined their groups, so that events find them at work.
  let isJoined = Atomic(false)
  let isFeedEnding = Atomic(false)
  let isReaderEnding = Atomic(false)
  private let reason = Mutex<Failure?>(nil)
  private let lines = Mutex<[String]>([])

  init(scoreboard: Scoreboard) {
    state = Mutex(State(scoreboard: scoreboard))
  }

  /// Why the demonstration cannot go on, if it cannot.
  var failure: Failure? { reason.withLock { $0 } }

  /// Tells why a thread gave up; the first reason stands.
  func fail(_ failure: Failure) { reason.withLock { $0 = $0 ?? failure } }

  /// Keeps a line of the log until the view is gone; the first of them say the most.
  func keep(_ line: String) { lines.withLock { if $0.count < 20 { $0.append(line) } } }

  /// The lines that were kept.
  var keptLines: [String] { lines.withLock { $0 } }

  /// Judges an alarm that opened or a drift that was announced, and shows it.
  func report(
    _ kind: Scoreboard.Notice, stream: String, time: String, what: String, explanation: String
  ) {
    let milliseconds = EventTime.milliseconds(of: time) ?? 0
    state.withLock { state in
      let verdict = state.scoreboard.judge(kind, stream: stream, milliseconds: milliseconds)
      let notice = Notice(
        kind: kind, milliseconds: milliseconds, stream: stream, what: what,
        explanation: explanation, verdict: verdict)
      switch kind {
      case .alarm: Self.insert(notice, into: &state.anomalies)
      case .drift: Self.insert(notice, into: &state.drifts)
      }
    }
  }

  private static func insert(_ notice: Notice, into notices: inout [Notice]) {
    notices.insert(notice, at: 0)
    if notices.count > noticesMax { notices.removeLast() }
  }
}
