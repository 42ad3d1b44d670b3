import Demo
import Testing

/// The judgement of alarms and drifts, in cases made by hand.
struct ScoreboardTests {
  private static let shift = Fault(sensor: 0, kind: .levelShift, start: 500, end: 600, size: 4)
  private static let spike = Fault(sensor: 0, kind: .spike, start: 1500, end: 1502, size: 6)
  private static let stuck = Fault(sensor: 1, kind: .stuck, start: 700, end: 760)

  private static func board() -> Scoreboard {
    Scoreboard(
      script: FaultScript(sensors: 3, learningEvents: 400, faults: [spike, shift, stuck]),
      streams: ["plant/a", "plant/b", "plant/c"])
  }

  @Test("the first alarm in a window finds the fault, at its first and its last event")
  func found() {
    var board = Self.board()
    #expect(Self.judge(&board, "plant/a", 500) == .found(Self.shift))
    #expect(Self.judge(&board, "plant/a", 520) == .found(Self.shift))
    #expect(Self.judge(&board, "plant/b", 783) == .found(Self.stuck))
    let tally = board.tally(ticks: 3000)
    #expect(tally.faults == 3)
    #expect(tally.found == 2)
    // The delays are 1 and 84.
    #expect(tally.medianDelayEvents == 42.5)
    #expect(Self.summary(board).falseAlarms == 0)
  }

  @Test("the delay is that of the earliest event, whatever order the results are read in")
  func order() {
    for ticks in [[507, 530], [530, 507]] {
      var board = Self.board()
      for tick in ticks {
        #expect(Self.judge(&board, "plant/a", tick, as: .drift) == .found(Self.shift))
      }
      #expect(board.tally(of: .levelShift, ticks: 3000).medianDelayEvents == 8)
    }
  }

  @Test("an alarm before the fault or after its recovery is false")
  func falseAlarms() {
    var board = Self.board()
    #expect(Self.judge(&board, "plant/a", 499) == .falseAlarm)
    #expect(Self.judge(&board, "plant/a", 624 + Fault.recoveryEvents) == .falseAlarm)
    #expect(Self.judge(&board, "plant/c", 500) == .falseAlarm)
    #expect(Self.judge(&board, "plant/c", 399) == .falseAlarm)
    let summary = Self.summary(board)
    #expect(summary.falseAlarms == 4)
    #expect(summary.falseInLearning == 1)
    #expect(summary.total.found == 0)
    #expect(summary.total.medianDelayEvents == nil)
  }

  @Test("an alarm right after the window answers the fault's end: not found, not false")
  func recovery() {
    var board = Self.board()
    #expect(Self.judge(&board, "plant/a", 624) == .recovery)
    #expect(Self.judge(&board, "plant/a", 623 + Fault.recoveryEvents) == .recovery)
    let summary = Self.summary(board)
    #expect(summary.falseAlarms == 0)
    #expect(summary.recoveries == 2)
    #expect(summary.total.found == 0)
  }

  @Test("a drift finds a fault as an alarm does, and is false where an alarm is")
  func drift() {
    var board = Self.board()
    #expect(
      Self.judge(&board, "plant/a", 530, as: .drift) == .found(Self.shift))
    #expect(Self.judge(&board, "plant/c", 530, as: .drift) == .falseAlarm)
    let summary = Self.summary(board)
    #expect(summary.total.foundByDrift == 1)
    #expect(summary.falseAlarms == 1)
    #expect(summary.falseDrifts == 1)
  }

  @Test("a fault whose window the run cut off counts neither as found nor as missed")
  func cutOff() {
    var board = Self.board()
    _ = Self.judge(&board, "plant/a", 510)
    #expect(board.tally(ticks: 623).faults == 0)
    #expect(board.tally(ticks: 623).found == 0)
    #expect(board.tally(ticks: 624).faults == 1)
    #expect(board.tally(of: .levelShift, ticks: 624).found == 1)
    #expect(board.tally(of: .spike, ticks: 624).faults == 0)
  }

  @Test("streams that are not the plant's, and times before it, are not judged")
  func unjudged() {
    var board = Self.board()
    #expect(Self.judge(&board, "host/cpu0.busy", 510) == .unjudged)
    #expect(board.judge(.alarm, stream: "plant/a", milliseconds: 0) == .unjudged)
    #expect(board.alarms == 2)
    #expect(Self.summary(board).falseAlarms == 0)
  }

  private static func judge(
    _ board: inout Scoreboard, _ stream: String, _ tick: Int,
    as notice: Scoreboard.Notice = .alarm
  ) -> Scoreboard.Verdict {
    board.judge(notice, stream: stream, milliseconds: Plant.time(ofTick: tick))
  }

  private static func summary(_ board: Scoreboard) -> Summary {
    Summary(
      scoreboard: board, ticks: 3000, flow: Summary.Flow(), streams: 3, seconds: 1, seed: 1)
  }
}
