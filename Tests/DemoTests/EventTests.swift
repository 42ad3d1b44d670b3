import Demo
import Testing

/// Events as they go in, and the times that come out.
struct EventTests {
  @Test("events are JSON, with names escaped")
  func events() {
    #expect(
      Event.plant(sensor: "plant/temp-017", milliseconds: 1_767_571_200_000, value: 21.4)
        == #"{"sensor":"plant/temp-017","ts":1767571200000,"value":21.4}"#)
    #expect(
      Event.machine(host: "a\"b\\c\n", metric: "cpu0.busy", milliseconds: 5, value: 0)
        == #"{"host":"a\"b\\c\u000a","metric":"cpu0.busy","ts":5,"value":0.0}"#)
  }

  @Test(
    "times are read to the millisecond",
    arguments: [
      ("2026-01-05T00:00:00Z", 1_767_571_200_000), ("2026-01-05T00:05:00.25Z", 1_767_571_500_250),
      ("1970-01-01T00:00:00.001999Z", 1), ("2024-02-29T23:59:59Z", 1_709_251_199_000),
    ] as [(String, Int64)])
  func times(text: String, milliseconds: Int64) {
    #expect(EventTime.milliseconds(of: text) == milliseconds)
  }

  @Test(
    "what is no such time is refused",
    arguments: [
      "", "2026-01-05", "2026-01-05T00:00:00", "2026-01-05T00:00:00+01:00", "2026-13-05T00:00:00Z",
      "2026-01-05T00:00:00.Z", "2026-01-05T00:00:0xZ", "2026-01-05T00:00:00.0123456789Z",
      "ééééééééééééZ",
    ])
  func noTimes(text: String) {
    #expect(EventTime.milliseconds(of: text) == nil)
  }
}
