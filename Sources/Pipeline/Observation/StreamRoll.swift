/// Counts the streams of a partition by their state, a slice at a time.
///
/// Read from the streams themselves, so that it is right after whatever happened to them; where
/// there are more streams than a slice holds, it is as old as one round.
struct StreamRoll {
  /// The last round's result, or the streams counted so far in the first.
  private(set) var census = Census()
  /// The newest event time seen, in nanoseconds since 1970.
  private(set) var lastTime: Int64 = 0
  private var round = Census()
  private var next = 0
  private var isFirstRound = true

  /// Looks at the next streams.
  ///
  /// - Parameters:
  ///   - warmUp: the events that a stream needs before it may alarm.
  ///   - slice: how many streams may still be looked at; what is used is taken away.
  mutating func advance(
    over streams: borrowing StreamTable, layout: StreamLayout, warmUp: Int,
    atMost slice: inout Int
  ) {
    let count = streams.numbers.count
    if next >= count { next = 0 }
    if next == 0 { round = Census() }
    let end = min(count, next + max(slice, 0))
    for stream in next..<end where streams.isResident(stream) {
      let block = unsafe StreamBlock(streams.block(of: stream), layout: layout)
      let state = block.state
      lastTime = max(lastTime, state.lastTime)
      if block.isAnomalous {
        round.anomalous += 1
      } else if state.events <= Int64(warmUp) {
        round.learning += 1
      } else {
        round.steady += 1
      }
    }
    slice -= end - next
    next = end
    if next >= count { isFirstRound = false }
    if isFirstRound || next >= count { census = round }
  }
}

extension StreamBlock {
  /// Whether an anomaly is open on any channel.
  var isAnomalous: Bool { (0..<channelCount).contains { self[alertOf: $0].isOpen } }

  /// The last event's largest score over the channels, 0…1.
  var score: Float {
    Pipeline.score(ofEvidence: (0..<channelCount).map { self[alertOf: $0].evidence }.max() ?? 0)
  }
}
