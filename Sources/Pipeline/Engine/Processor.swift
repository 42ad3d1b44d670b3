internal import SPN

/// Turns one record into its disposition and results: decode, find the stream, learn and score,
/// decide alerts, encode.
///
/// Holds every buffer of the data path, so that a record in steady state allocates nothing.
struct Processor: ~Copyable {
  /// How a record ended.
  enum Disposition {
    case predicted, late, duplicate, deadLettered
    /// The stream is another shard's.
    case elsewhere
    /// The stream knew the record when it was saved.
    case known
  }

  private(set) var definition: Definition
  let network: Network
  let layout: StreamLayout
  /// What all models of this definition have in common.
  let kind: SavedModel.Kind
  /// The same of what groups say.
  let boardKind: SavedModel.Kind
  let store: (any Store)?
  let shard: Shard
  /// What the record that is being answered says, and the one after it.
  private(set) var decoder: Decoder
  private var nextDecoder: Decoder
  /// The model that learns from the record after.
  private var nextModel = Prefetch()
  private var outcomes: [Outcome]
  var encoder: ResultEncoder
  /// The streams that somebody looks at.
  var courses = Courses()

  init(
    _ definition: Definition, shard: Shard, header: [String]?, store: (any Store)?
  ) throws(PipelineError) {
    let channels = definition.input.values.count
    let format = header.map { Decoder.Format.csv(header: $0) } ?? .json
    let decoder = try Decoder(DecoderSettings(definition.input), format: format)
    let nextDecoder = try Decoder(DecoderSettings(definition.input), format: format)
    self.definition = definition
    self.shard = shard
    network = definition.network
    layout = StreamLayout(network: network, channels: channels)
    kind = definition.savedKind(blockByteCount: layout.byteCount)
    boardKind = definition.savedKind(blockByteCount: network.boardByteCount)
    self.store = store
    self.decoder = decoder
    self.nextDecoder = nextDecoder
    outcomes = Array(repeating: Outcome(), count: channels)
    encoder = ResultEncoder(definition)
  }

  /// Works by a new definition of the same records and models.
  mutating func adopt(_ definition: Definition) {
    self.definition = definition
    encoder.definition = definition
  }

  /// Decodes the record after the one that is being answered; says why it is no event.
  ///
  /// Its model is brought near while the one before learns. That changes nothing in what comes out.
  mutating func readAhead(_ record: borrowing Record, of partition: Partition) -> Rejection? {
    if let rejection = nextDecoder.decode(record) { return rejection }
    nextModel = partition.streams.prefetch(hash: nextDecoder.streamHash)
    return nil
  }

  /// Goes on to the record that was read ahead, which is of this partition.
  mutating func advance(in partition: Partition) {
    swap(&decoder, &nextDecoder)
    partition.streams.finish(&nextModel)
  }

  /// Keeps what a record's results need after the source has taken it back.
  mutating func begin(_ record: borrowing Record) { encoder.begin(record) }

  /// Keeps the whole of a record that could not be decoded.
  mutating func keepRejected(
    _ record: borrowing Record, headers: [Header], rejection: Rejection
  ) {
    encoder.keepRejected(record, headers: headers, rejection: rejection)
  }

  /// Learns from the record that was advanced to and begun and, if it `speaks`, appends its results
  /// to the sink.
  mutating func answer<Output: Sink & ~Copyable>(
    _ rejection: Rejection?, partition: Partition, speaks: Bool, clock: some Clock,
    into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) -> Disposition {
    if let rejection {
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
    return disposition == .predicted && encoder.wasTooLarge ? .deadLettered : disposition
  }

  private mutating func answerEvent<Output: Sink & ~Copyable>(
    partition: Partition, speaks: Bool, into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) -> Disposition {
    guard ownsStream else { return .elsewhere }
    let (stream, isNew) = Self.stream(of: decoder, in: partition)
    if isNew { try bringBack(stream, decoder.stream, to: partition, counters: &counters) }
    let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout)
    var state = block.state
    if !speaks, state.knows(encoder.offset) { return .known }
    defer { block.state = state }
    let time = decoder.time
    // What an operator wanted is saved at once, so the event that is replayed after it told it; of
    // damage nobody knows whether it was there then.
    if state.reset == .asked || speaks && state.reset == .damaged {
      try tellTrouble(
        .reset, since: time, reason: state.reset.text, speaks: speaks, into: &sink,
        counters: &counters)
      state.reset = .none
    }
    let digest = StreamState.digest(of: decoder.values)
    let order = state.order(time: time.nanoseconds, digest: digest)
    if order == .duplicate { return .duplicate }
    partition.streams.noteChange(stream, at: encoder.offset)
    state.nextOffset = encoder.offset + 1
    switch order {
    case .late:
      if state.late.note(time: time.nanoseconds) {
        try tellTrouble(.late, since: time, speaks: speaks, into: &sink, counters: &counters)
      }
      return .late
    case .current, .duplicate: break
    }
    if state.isTroubled { try noteCalm(&state, speaks: speaks, into: &sink) }
    noteKey(&state, counters: &counters)
    if state.silence.phase == .silent, speaks { try tellSpeech(state, into: &sink) }
    state.advance(time: time.nanoseconds, offset: encoder.offset, digest: digest)
    expectNext(&state, in: partition)
    let seat = try takeSeat(stream, in: partition, counters: &counters)
    try learn(block, state, seat, in: partition, speaks: speaks, into: &sink, counters: &counters)
    if isUpgraded(state, in: partition) { state.reset = .none }
    if definition.http.streams > 0 {
      partition.noteLatest(outcomes, of: decoder.stream, atMost: definition.http.streams)
    }
    return .predicted
  }

  /// Whether the event being answered is the stream's first by the formulas of this version: what
  /// came before the lineage began was answered by the older one, and is only learned again.
  private func isUpgraded(_ state: StreamState, in partition: Partition) -> Bool {
    state.reset == .upgraded && encoder.offset >= partition.lineage.start
  }

  /// The stream of an event, and whether it was not known here.
  ///
  /// Static, as the compiler would copy the whole processor for the call.
  private static func stream(
    of event: borrowing Decoder, in partition: Partition
  ) -> (Int, isNew: Bool) {
    partition.streams.stream(for: event.stream, hash: event.streamHash)
  }

  /// The stream of a name, brought back from the store if it was sent there.
  func find(
    _ key: Span<UInt8>, in partition: Partition, counters: inout Counters
  ) throws(PipelineError) -> Int {
    let (stream, isNew) = partition.streams.stream(for: key)
    if isNew { try bringBack(stream, key, to: partition, counters: &counters) }
    return stream
  }

  /// Fills the block of a stream that is new here with its saved model, if it has one.
  private func bringBack(
    _ stream: Int, _ key: Span<UInt8>, to partition: Partition, counters: inout Counters
  ) throws(PipelineError) {
    guard partition.saving.hasOthers, let store else { return }
    var isSound = true
    let isKnown = try store.find(key, of: partition.id) { form in
      isSound = partition.admit(
        form, as: stream, at: encoder.offset, kind: kind, layout: layout)
    }
    if isKnown {
      partition.streams.noteReturn(stream)
      counters.restoredStreams += 1
      counters.resetStreams += isSound ? 0 : 1
    }
  }

  private mutating func learn<Output: Sink & ~Copyable>(
    _ block: StreamBlock, _ state: StreamState, _ seat: Groups.Seat?, in partition: Partition,
    speaks: Bool, into sink: inout Output, counters: inout Counters
  ) throws(PipelineError) {
    var model = unsafe StreamModel(network, borrowing: block.model)
    if let seat, let groups = partition.groups {
      var board = groups.messages(on: seat.board)
      model.hear(board, as: seat.place, at: decoder.time)
      Self.observe(decoder, with: &model, into: &outcomes, bringing: &nextModel, of: partition)
      model.tell(&board, as: seat.place, at: decoder.time)
    } else {
      Self.observe(decoder, with: &model, into: &outcomes, bringing: &nextModel, of: partition)
    }
    for channel in outcomes.indices where !outcomes[channel].value.isNaN {
      let change = block[alertOf: channel].observe(
        outcomes[channel], time: decoder.time.nanoseconds, offset: encoder.offset,
        spacing: state.spacing, policy: definition.alerts,
        isUpgraded: isUpgraded(state, in: partition))
      guard speaks else { continue }
      counters.count(outcomes[channel], allowed: definition.alerts.budget.perSecond * state.spacing)
      switch change {
      case .none: break
      case .suppressed(let reason): counters.countSuppressed(reason)
      case .opened, .updated, .resolved:
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
    _ decoder: borrowing Decoder, with model: inout StreamModel, into outcomes: inout [Outcome],
    bringing next: inout Prefetch, of partition: Partition
  ) {
    var results = outcomes.mutableSpan
    model.observe(decoder.values, at: decoder.time, into: &results) {
      partition.streams.advance(&next)
    }
  }
}
