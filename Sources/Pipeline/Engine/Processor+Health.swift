internal import SPN

/// Trouble with the data of streams: noted in their blocks, told where it begins and ends, never
/// learned.
extension Processor {
  /// Whether the stream of the record that was just read is ours to answer.
  var ownsStream: Bool {
    shard.count == 1 || shard.owns(hashBytes(definition.input.group(of: decoder.stream)))
  }

  /// Tells that trouble with the stream of the record being answered began.
  mutating func tellTrouble<Output: Sink & ~Copyable>(
    _ kind: HealthKind, since time: ModelTime, reason: String? = nil, speaks: Bool,
    into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) {
    counters.countTroubles(kind)
    guard speaks else { return }
    let report = ResultEncoder.HealthReport(
      kind: kind, change: .began, since: time.nanoseconds, count: 1, reason: reason)
    try encoder.writeHealth(report, stream: decoder.stream, time: time, into: &sink)
  }

  /// Notes what a record that could not be used says of its stream, where it named one.
  mutating func noteRejection<Output: Sink & ~Copyable>(
    _ rejection: Rejection, partition: Partition, speaks: Bool, into sink: inout Output,
    counters: inout Counters
  ) throws(PipelineError) {
    guard let kind = rejection.code.trouble, ownsStream else { return }
    let stream = try find(decoder.stream, in: partition, counters: &counters)
    let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout)
    var state = block.state
    if !speaks, state.knows(encoder.offset) { return }
    let time = rejection.code.hidesTime ? recordTime(or: state.lastTime) : decoder.time
    let begins =
      kind == .clock
      ? state.clock.note(time: time.nanoseconds) : state.type.note(time: time.nanoseconds)
    state.nextOffset = encoder.offset + 1
    block.state = state
    partition.streams.noteChange(stream, at: encoder.offset)
    guard begins else { return }
    try tellTrouble(
      kind, since: time, reason: rejection.message, speaks: speaks, into: &sink,
      counters: &counters)
  }

  /// The Kafka timestamp of the record being answered, or another time where it has none.
  private func recordTime(or time: Int64) -> ModelTime {
    let milliseconds = encoder.timestamp
    return ModelTime(nanoseconds: milliseconds >= 0 ? milliseconds &* 1_000_000 : time)
  }

  /// Notes an event that is well, and tells the trouble that it ends.
  mutating func noteCalm<Output: Sink & ~Copyable>(
    _ state: inout StreamState, speaks: Bool, into sink: inout Output
  ) throws(PipelineError) {
    let ended = [
      (HealthKind.late, state.late.noteCalm()), (.clock, state.clock.noteCalm()),
      (.type, state.type.noteCalm()),
    ]
    for case (let kind, let trouble?) in ended where speaks {
      let report = ResultEncoder.HealthReport(
        kind: kind, change: .ended, since: trouble.since, count: trouble.events)
      try encoder.writeHealth(report, stream: decoder.stream, time: decoder.time, into: &sink)
    }
  }

  /// Tells that a stream speaks again, before its event is noted.
  mutating func tellSpeech<Output: Sink & ~Copyable>(
    _ state: StreamState, into sink: inout Output
  ) throws(PipelineError) {
    let time = decoder.time
    let missed = Double(time.nanoseconds &- state.lastTime) * 1e-9 / state.spacing - 1
    let report = ResultEncoder.HealthReport(
      kind: .silent, change: .ended, since: state.lastTime,
      count: Int64(exactly: max(0, missed.rounded())) ?? 0)
    try encoder.writeHealth(report, stream: decoder.stream, time: time, into: &sink)
  }

  /// Sets when the stream's next event is missed, once it is known how often they come.
  ///
  /// Mutating, as the compiler would copy the whole processor for the call.
  mutating func expectNext(_ state: inout StreamState, in partition: Partition) {
    let isNew = state.silence.noteEvent(
      state.events, time: state.lastTime, spacing: state.spacing,
      limit: definition.health.silentAfter)
    guard isNew else { return }
    let stream = decoder.stream
    partition.silence.add(
      Array(count: stream.count) { stream[$0] }, deadline: state.silence.deadline)
  }

  /// Tells the streams of the partition that have fallen silent by the time of the event being
  /// answered, in the order of their keys.
  ///
  /// An event dated ahead of its record does not make others late: its record's time counts.
  mutating func tellSilence<Output: Sink & ~Copyable>(
    partition: Partition, speaks: Bool, into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) {
    let time = decoder.time
    let now = min(time.nanoseconds, recordTime(or: time.nanoseconds).nanoseconds)
    guard partition.silence.isDue(now) else { return }
    var silent: [[UInt8]] = []
    while let key = partition.silence.takeDue(now) {
      let stream = try find(key.span, in: partition, counters: &counters)
      let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout)
      var state = block.state
      // One that was made new meanwhile is not expected to speak.
      guard state.silence.deadline != 0 else { continue }
      // A stream that knows later records already was looked at when they came.
      if !state.knows(encoder.offset), now > state.silence.deadline {
        let isSilent = state.silence.judge(now: now, spacing: state.spacing)
        state.nextOffset = encoder.offset + 1
        block.state = state
        partition.streams.noteChange(stream, at: encoder.offset)
        if isSilent { silent.append(key) }
      }
      if state.silence.phase != .silent {
        partition.silence.postpone(key, deadline: state.silence.deadline)
      }
    }
    partition.silence.resume()
    silent.sort { $0.lexicographicallyPrecedes($1) }
    counters.countTroubles(.silent, silent.count)
    for key in silent where speaks { try writeSilence(key.span, partition, time, into: &sink) }
  }

  private mutating func writeSilence<Output: Sink & ~Copyable>(
    _ key: Span<UInt8>, _ partition: Partition, _ time: ModelTime, into sink: inout Output
  ) throws(PipelineError) {
    let stream = partition.streams.stream(for: key).stream
    let state = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout).state
    let report = ResultEncoder.HealthReport(
      kind: .silent, change: .began, since: state.lastTime, count: 0,
      streamDigest: hashBytes(key))
    try encoder.writeHealth(report, stream: key, time: time, into: &sink)
  }

  /// Counts records whose key cannot keep their stream in one partition.
  ///
  /// Mutating for the same reason as `expectNext`.
  mutating func noteKey(_ state: inout StreamState, counters: inout Counters) {
    guard !definition.input.stream.isEmpty else { return }
    guard let digest = encoder.keyDigest else {
      counters.keyless += 1
      return
    }
    // A group's records have one key, which is looked at where the group is.
    if state.noteKey(digest: digest), definition.input.group.isEmpty { counters.rekeyed += 1 }
  }
}
