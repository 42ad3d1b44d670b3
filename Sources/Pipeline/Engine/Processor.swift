internal import SPN

/// Turns one record into its disposition and results: decode, find the stream, learn and score,
/// decide alerts, encode.
///
/// Holds every buffer of the data path, so that a record in steady state allocates nothing.
struct Processor: ~Copyable {
  /// What reading a record found.
  enum Reading {
    case event
    case rejected(Rejection)
  }

  /// How a record ended.
  enum Disposition {
    case predicted, late, duplicate, deadLettered
    /// The stream is another shard's.
    case elsewhere
  }

  private(set) var definition: Definition
  let network: Network
  let layout: StreamLayout
  let shard: Shard
  private(set) var decoder: Decoder
  private var outcomes: [Outcome]
  var encoder: ResultEncoder
  /// The streams that somebody looks at.
  var courses = Courses()

  init(_ definition: Definition, shard: Shard, header: [String]?) throws(PipelineError) {
    let channels = definition.input.values.count
    self.definition = definition
    self.shard = shard
    network = definition.model.network(channels: channels)
    layout = StreamLayout(network: network, channels: channels)
    decoder = try Decoder(
      DecoderSettings(definition.input), format: header.map { .csv(header: $0) } ?? .json)
    outcomes = Array(repeating: Outcome(), count: channels)
    encoder = ResultEncoder(definition)
  }

  /// Works by a new definition of the same records and models.
  mutating func adopt(_ definition: Definition) {
    self.definition = definition
    encoder.definition = definition
  }

  /// Decodes a record and keeps what its results need after the source has taken it back.
  mutating func read(_ record: borrowing Record) -> Reading {
    encoder.begin(record)
    guard let rejection = decoder.decode(record) else { return .event }
    return .rejected(rejection)
  }

  /// Keeps the whole of a record that could not be decoded.
  mutating func keepRejected(
    _ record: borrowing Record, headers: [Header], rejection: Rejection
  ) {
    encoder.keepRejected(record, headers: headers, rejection: rejection)
  }

  /// Learns from the record that was just read and, if it `speaks`, appends its results to the
  /// sink.
  mutating func answer<Output: Sink & ~Copyable>(
    _ reading: Reading, partition: Partition, speaks: Bool, clock: some Clock,
    into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) -> Disposition {
    if case .rejected(let rejection) = reading {
      let isOurs = shard.owns(UInt64(encoder.offset))
      if isOurs, speaks {
        try encoder.writeRejected(at: clock.millisecondsSince1970(), into: &sink)
      }
      try noteRejection(
        rejection, partition: partition, speaks: speaks, into: &sink, counters: &counters)
      return isOurs ? .deadLettered : .elsewhere
    }
    let disposition = try answerEvent(
      partition: partition, speaks: speaks, into: &sink, counters: &counters)
    try tellSilence(partition: partition, speaks: speaks, into: &sink, counters: &counters)
    return disposition
  }

  private mutating func answerEvent<Output: Sink & ~Copyable>(
    partition: Partition, speaks: Bool, into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) -> Disposition {
    guard ownsStream else { return .elsewhere }
    let stream = partition.streams.stream(for: decoder.stream)
    let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout)
    var state = block.state
    defer { block.state = state }
    let time = decoder.time
    let digest = StreamState.digest(of: decoder.values)
    switch state.order(time: time.nanoseconds, digest: digest) {
    case .duplicate: return .duplicate
    case .late:
      state.lastOffset = encoder.offset
      if state.late.note(time: time.nanoseconds) {
        try tellTrouble(.late, since: time, speaks: speaks, into: &sink, counters: &counters)
      }
      return .late
    case .current: break
    }
    if state.isTroubled { try noteCalm(&state, speaks: speaks, into: &sink) }
    noteKey(&state, counters: &counters)
    if state.silence.phase == .silent, speaks { try tellSpeech(state, into: &sink) }
    state.advance(time: time.nanoseconds, offset: encoder.offset, digest: digest)
    expectNext(&state, in: partition)
    try learn(block, state, speaks: speaks, into: &sink, counters: &counters)
    return .predicted
  }

  private mutating func learn<Output: Sink & ~Copyable>(
    _ block: StreamBlock, _ state: StreamState, speaks: Bool, into sink: inout Output,
    counters: inout Counters
  ) throws(PipelineError) {
    var model = unsafe StreamModel(network, borrowing: block.model)
    Self.observe(decoder, with: &model, into: &outcomes)
    for channel in outcomes.indices where !outcomes[channel].value.isNaN {
      let change = block[alertOf: channel].observe(
        outcomes[channel], time: decoder.time.nanoseconds, offset: encoder.offset,
        spacing: state.spacing, policy: definition.alerts)
      guard speaks else { continue }
      counters.count(outcomes[channel], allowed: definition.alerts.budget.perSecond * state.spacing)
      if change != .none {
        if change == .opened { counters.countAnomaly(block[alertOf: channel].severity) }
        try encoder.writeAnomaly(
          change, block[alertOf: channel], outcomes[channel], channel: channel,
          stream: decoder.stream, time: decoder.time,
          attribution: model.attribution(channel: channel), into: &sink)
      }
      if outcomes[channel].drift != nil || outcomes[channel].recalled != nil {
        if let drift = outcomes[channel].drift { counters.countDrift(drift.kind) }
        try encoder.writeDrift(
          outcomes[channel], channel: channel, stream: decoder.stream, state: state,
          time: decoder.time, into: &sink)
      }
    }
    if !courses.isEmpty {
      courses.note(
        outcomes, of: decoder.stream, at: decoder.time.nanoseconds, offset: encoder.offset, block,
        model)
    }
    guard speaks, state.events % Int64(definition.output.predictionsEvery) == 0 else { return }
    try encoder.writePrediction(
      outcomes, block, model, stream: decoder.stream, time: decoder.time, into: &sink)
  }

  private static func observe(
    _ decoder: borrowing Decoder, with model: inout StreamModel, into outcomes: inout [Outcome]
  ) {
    var results = outcomes.mutableSpan
    model.observe(decoder.values, at: decoder.time, into: &results)
  }
}
