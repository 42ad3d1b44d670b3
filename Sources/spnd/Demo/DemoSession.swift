import Admin
import Demo
import Glibc
import Pipeline

/// The main thread's part of a run: it watches, draws, and knows when what is over.
struct DemoSession {
  let plan: Plan
  let sources: [DemoSource]
  let daemons: [Daemon]
  let board: DemoBoard
  let signals: Signals
  /// The live page's.
  let server: Server
  private let clock = SystemClock()
  private static let frameMilliseconds = 250

  init(
    plan: Plan, sources: [DemoSource], daemons: [Daemon], board: DemoBoard, signals: Signals,
    server: Server
  ) {
    self.plan = plan
    self.sources = sources
    self.daemons = daemons
    self.board = board
    self.signals = signals
    self.server = server
  }

  /// Watches until the run's time is over, a signal comes or something fails, then lets the last
  /// results come in.
  ///
  /// - Returns: the seconds from the first event to the last prediction.
  func watch(isQuiet: Bool, join: UInt64, drain: UInt64) -> Double {
    let begin = clock.monotonicNanoseconds()
    var view = DemoView(isQuiet: isQuiet, nanoseconds: begin)
    var first: UInt64?
    while board.failure == nil, daemons.allSatisfy(\.isRunning) {
      let now = clock.monotonicNanoseconds()
      server.tick()
      if first == nil, daemons.allSatisfy({ $0.counters.partitions > 0 }) {
        board.isJoined.store(true, ordering: .relaxed)
        first = now
      }
      if first == nil, now - begin > join {
        board.fail(
          Failure(
            .unavailable, "the pipelines got no partitions within \(join / 1_000_000_000) s"))
      }
      let elapsed = first.map { Double(now - $0) * 1e-9 } ?? 0
      view.show(snapshot(elapsed, first == nil ? .joining : .running), nanoseconds: now)
      if elapsed >= Double(plan.seconds) || sources[0].isFed.load(ordering: .acquiring) { break }
      if signals.wait(milliseconds: Self.frameMilliseconds) != nil { break }
    }
    board.isFeedEnding.store(true, ordering: .relaxed)
    let start = first ?? begin
    let end = drained(&view, since: start, limit: drain)
    return Double(end - start) * 1e-9
  }

  /// Waits until every event has its answer, a second signal comes, or nothing has moved for
  /// `limit`.
  ///
  /// - Returns: when the last prediction came.
  private func drained(_ view: inout DemoView, since start: UInt64, limit: UInt64) -> UInt64 {
    var answered = -1
    var moved = clock.monotonicNanoseconds()
    while board.failure == nil, daemons.allSatisfy(\.isRunning) {
      let now = clock.monotonicNanoseconds()
      server.tick()
      if flow.answered != answered {
        answered = flow.answered
        moved = now
      }
      let isFed = sources.allSatisfy { $0.isFed.load(ordering: .acquiring) }
      if isFed, answered >= flow.events || now - moved > limit { break }
      view.show(snapshot(Double(now - start) * 1e-9, .draining), nanoseconds: now)
      if signals.wait(milliseconds: 50) != nil { break }
    }
    return moved
  }

  /// Gives the readers time for what the daemons have written while they stopped.
  func readRest() {
    var last = -1
    for _ in 0..<20 where last != predictions {
      last = predictions
      usleep(300_000)
    }
    board.isReaderEnding.store(true, ordering: .relaxed)
  }

  /// What the run came to; right once all threads have ended.
  func summary(seconds: Double) -> Summary {
    let streams = daemons.reduce(0) { $0 + Int(clamping: $1.counters.streams) }
    let scoreboard = board.state.withLock { $0.scoreboard }
    return Summary(
      scoreboard: scoreboard, ticks: board.ticks.load(ordering: .relaxed), flow: flow,
      streams: streams, seconds: seconds, seed: plan.seed)
  }

  private var predictions: Int {
    sources.reduce(0) { $0 + $1.predictions.load(ordering: .relaxed) }
  }

  /// The events so far and what became of them: predictions and dead letters as read back from
  /// their topics, the rest, which leaves no record, as the daemons count it.
  private var flow: Summary.Flow {
    var flow = Summary.Flow()
    for (source, daemon) in zip(sources, daemons) {
      flow.events += source.events
      flow.predictions += source.predictions.load(ordering: .relaxed)
      flow.deadLetters += source.deadLetters.load(ordering: .relaxed)
      let counters = daemon.counters
      flow.late += Int(clamping: counters.late)
      flow.duplicates += Int(clamping: counters.duplicate)
    }
    return flow
  }

  private func snapshot(_ elapsed: Double, _ phase: Snapshot.Phase) -> Snapshot {
    var snapshot = Snapshot()
    let flow = flow
    snapshot.elapsedSeconds = min(elapsed, Double(plan.seconds))
    snapshot.plannedSeconds = plan.seconds
    snapshot.phase = phase
    snapshot.events = flow.events
    snapshot.predictions = flow.predictions
    snapshot.lag = flow.lost
    snapshot.streams = daemons.reduce(0) { $0 + Int(clamping: $1.counters.streams) }
    snapshot.ticks = board.ticks.load(ordering: .relaxed)
    snapshot.charts = sources.map { source in source.chart.withLock { $0 } }
    board.state.withLock { state in
      snapshot.learningTicks = state.scoreboard.script.learningEvents
      snapshot.tally = state.scoreboard.tally(ticks: snapshot.ticks)
      snapshot.falseAlarms = state.scoreboard.falseCount
      snapshot.alarms = state.scoreboard.alarms
      snapshot.drifts = state.scoreboard.drifts
      snapshot.anomalies = state.anomalies
      snapshot.driftNotices = state.drifts
    }
    return snapshot
  }
}
