import Pipeline
import Testing

@Suite struct StreamStateTests {
  private func state(after times: [Int64]) -> StreamState {
    var state = StreamState()
    for (offset, time) in times.enumerated() {
      state.advance(time: time * 1_000_000_000, offset: Int64(offset), digest: UInt64(time))
    }
    return state
  }

  @Test func timeOfTheStreamDecidesWhatIsLate() {
    let state = state(after: [10, 20])
    #expect(state.order(time: 15_000_000_000, digest: 15) == .late)
    #expect(state.order(time: 21_000_000_000, digest: 21) == .current)
  }

  @Test func sameTimeAndValuesIsADuplicateOtherValuesAreNot() {
    let state = state(after: [10, 20])
    #expect(state.order(time: 20_000_000_000, digest: 20) == .duplicate)
    #expect(state.order(time: 20_000_000_000, digest: 99) == .current)
  }

  @Test func theFirstEventIsNeverLate() {
    #expect(StreamState().order(time: -5, digest: 0) == .current)
  }

  @Test func spacingFollowsTheEventsAndIgnoresOneLongGap() {
    let steady = state(after: Array(stride(from: 0, through: 3000, by: 30)))
    #expect(abs(steady.spacing - 30) < 0.01)
    let gap = state(after: Array(stride(from: 0, through: 3000, by: 30)) + [1_000_000])
    #expect(gap.spacing < 32)
  }

  @Test func anotherKeyThanBeforeIsNoted() {
    var state = state(after: [10])
    #expect([3, 3, 4, 4].map { state.noteKey(digest: $0) } == [true, false, true, false])
  }
}
