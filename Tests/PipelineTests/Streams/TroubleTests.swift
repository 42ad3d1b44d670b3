import Pipeline
import Testing

@Suite struct TroubleTests {
  @Test func aRunOfTroubleIsToldOnceUntilAHundredEventsAreWell() {
    var trouble = Trouble()
    let begins = [5, 6].map { trouble.note(time: $0) }
    #expect(begins == [true, false])
    let calm = (0..<99).map { _ in trouble.noteCalm() == nil }
    #expect(calm.allSatisfy { $0 })
    let ended = trouble.noteCalm()
    #expect(ended?.events == 2 && ended?.since == 5)
    let next = trouble.noteCalm() == nil
    let beginsAgain = trouble.note(time: 7)
    #expect(next && beginsAgain)
  }

  @Test func troubleAmongCalmEventsGoesOn() {
    var trouble = Trouble()
    _ = trouble.note(time: 5)
    for _ in 0..<60 { _ = trouble.noteCalm() }
    let begins = trouble.note(time: 6)
    #expect(!begins)
    let calm = (0..<99).allSatisfy { _ in trouble.noteCalm() == nil }
    #expect(calm)
  }
}

@Suite struct SilenceTests {
  private let second: Int64 = 1_000_000_000

  /// A stream that spoke every second until `count`.
  private func stream(_ count: Int, limit: Definition.Silence = .auto) -> Silence {
    var silence = Silence()
    for event in 1...Int64(count) {
      _ = silence.noteEvent(event, time: event * second, spacing: 1, limit: limit)
    }
    return silence
  }

  @Test func aYoungStreamIsNotExpectedToSpeak() {
    #expect(stream(29).deadline == 0)
    #expect(stream(30).deadline == 50 * second)
  }

  @Test func silenceIsToldAfterTheDeadlineAndAWhile() {
    var silence = stream(100)
    let told = (101...140).map { silence.judge(now: $0 * second, spacing: 1) }
    #expect(told.firstIndex(of: true) == 127 - 101)
    #expect(silence.phase == .silent)
    let isWatchedAgain = silence.noteEvent(101, time: 200 * second, spacing: 1, limit: .auto)
    #expect(isWatchedAgain)
    #expect(silence.phase == .expected)
  }

  @Test func aGapOfAllStreamsIsNotOneOfEach() {
    var silence = stream(100)
    // The partition comes back after an hour, and the stream two seconds after its first event.
    let hour = 3700 * second
    let early = [hour, hour + second].map { silence.judge(now: $0, spacing: 1) }
    _ = silence.noteEvent(101, time: hour + 2 * second, spacing: 1, limit: .auto)
    let later = silence.judge(now: hour + 20 * second, spacing: 1)
    #expect(early + [later] == [false, false, false])
    #expect(silence.phase == .expected)
  }

  @Test func theLimitCanBeGivenOrNone() {
    #expect(stream(100, limit: .after(.seconds(600))).deadline == 700 * second)
    #expect(stream(100, limit: .never).deadline == 0)
  }

  @Test func aDeadlineNeverMovesBack() {
    var silence = stream(100)
    _ = silence.noteEvent(101, time: 100 * second, spacing: 0.001, limit: .auto)
    #expect(silence.deadline == 120 * second)
  }

  @Test func theWatchGivesTheEarliestFirst() {
    var watch = SilenceWatch()
    let deadlines: [Int64] = [50, 20, 90, 10, 70, 30, 60, 40, 80]
    for deadline in deadlines { watch.add([UInt8(deadline)], deadline: deadline) }
    #expect(!watch.isDue(10) && watch.isDue(11))
    var taken: [Int64] = []
    while let key = watch.takeDue(71) { taken.append(Int64(key[0])) }
    #expect(taken == [10, 20, 30, 40, 50, 60, 70])
    #expect(!watch.isDue(71))
  }
  @Test func whatIsPostponedIsWatchedFromTheResumptionOn() {
    var watch = SilenceWatch()
    watch.add([1], deadline: 10)
    watch.add([2], deadline: 20)
    var taken: [[UInt8]] = []
    while let key = watch.takeDue(30) {
      taken.append(key)
      // Still due, as where an event is replayed that the stream knows.
      watch.postpone(key, deadline: 15)
    }
    #expect(taken == [[1], [2]])
    #expect(!watch.isDue(30))
    watch.resume()
    #expect(watch.isDue(16))
    #expect([watch.takeDue(30), watch.takeDue(30)].count { $0 != nil } == 2)
    watch.resume()
    #expect(!watch.isDue(30))
  }
}
