import Demo
import Testing

/// The view, laid out for terminals of all sizes.
struct ScreenTests {
  private static let fault = Fault(sensor: 0, kind: .ramp, start: 500, end: 600, size: 4)

  private static func notice(_ verdict: Scoreboard.Verdict, _ text: String = "why") -> Notice {
    Notice(
      kind: .alarm, milliseconds: Plant.time(ofTick: 1), stream: "plant/temp-000", what: "major",
      explanation: text, verdict: verdict)
  }

  private static func snapshot() -> Snapshot {
    var snapshot = Snapshot()
    snapshot.plannedSeconds = 60
    snapshot.elapsedSeconds = 30
    snapshot.events = 1_234_567
    snapshot.ticks = 2000
    snapshot.learningTicks = 1200
    snapshot.alarms = 100
    snapshot.anomalies = Array(
      repeating: notice(.found(fault), String(repeating: "long ", count: 100)), count: 60)
    snapshot.driftNotices = [notice(.falseAlarm)]
    for name in ["plant/temp-000", "host/cpu.busy"] {
      var chart = Chart(stream: name)
      for place in 0..<700 {
        chart.append(Chart.Point(value: Double(place % 7), lower: 1, upper: 5))
      }
      snapshot.charts.append(chart)
    }
    return snapshot
  }

  private static func text(_ screen: Screen, _ snapshot: Snapshot) -> [String] {
    screen.lines(of: snapshot).map { $0.rendered(columns: screen.columns, isColoured: false) }
  }

  @Test("no line is wider and no picture higher than the terminal, whatever its size")
  func fits() {
    for columns in [20, 33, 80, 200, 400] {
      for rows in [4, 10, 15, 24, 44, 200] {
        let screen = Screen(columns: columns, rows: rows)
        let lines = Self.text(screen, Self.snapshot())
        #expect(lines.count <= rows, "\(columns) × \(rows)")
        #expect(lines.allSatisfy { $0.count <= columns }, "\(columns) × \(rows)")
      }
    }
    #expect(Screen(columns: 0, rows: -3).columns == 20)
  }

  @Test("a common window shows the figures, both charts and the latest news with its truth")
  func contents() {
    let text = Self.text(Screen(columns: 100, rows: 40), Self.snapshot()).joined(separator: "\n")
    for part in [
      "1,234,567 events", "00:30 of 01:00", "plant/temp-000", "host/cpu.busy", "expected 1 … 5",
      "anomalies  100", "✓ Mon 00:05", "[ramp] long", "✗ Mon 00:05", "[false] why",
    ] { #expect(text.contains(part), "\(part)") }
  }

  @Test("a low window gives the charts up before the news")
  func low() {
    let text = Self.text(Screen(columns: 100, rows: 12), Self.snapshot()).joined(separator: "\n")
    #expect(!text.contains("expected 1 … 5"))
    #expect(text.contains("[ramp] long"))
  }

  @Test("text from records cannot move the cursor")
  func controlCharacters() {
    let line = Self.notice(.unjudged, "a\u{1B}[2Jb\nc\r\nd").line
    #expect(line.rendered(columns: 200, isColoured: false).hasSuffix("a [2Jb c d"))
  }

  @Test("colours never change the text, and a cut line ends with an ellipsis")
  func styles() {
    var line = StyledLine("abc", .bad)
    line.add("defg", .good)
    #expect(line.rendered(columns: 7, isColoured: false) == "abcdefg")
    #expect(line.rendered(columns: 5, isColoured: false) == "abcd…")
    #expect(
      line.rendered(columns: 7, isColoured: true)
        == "\u{1B}[1;31mabc\u{1B}[0m\u{1B}[32mdefg\u{1B}[0m")
  }
}
