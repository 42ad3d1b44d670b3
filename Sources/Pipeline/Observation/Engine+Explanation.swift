internal import SPN

/// One stream, explained: what it expects next and why, and what its network has become.
extension Engine where Link: ~Copyable {
  /// A JSON object, or nil where the stream or the channel is not here.
  mutating func explain(
    _ name: [UInt8], channel: Int, after: Int64
  ) throws(PipelineError) -> [UInt8]? {
    guard (0..<processor.layout.channels).contains(channel) else { return nil }
    for partition in partitions {
      guard let stream = partition.streams.find(name.span) else {
        guard let saved = try explainSaved(name, of: partition, channel: channel) else { continue }
        processor.courses.follow(name, channel: channel)
        return saved
      }
      processor.courses.follow(name, channel: channel)
      let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: processor.layout)
      var writer = StreamWriter(definition: definition, channel: channel)
      let members = partition.groups?.members(with: name.span)
      writer.write(
        name, in: partition.id, block,
        unsafe StreamModel(processor.network, borrowing: block.model), members: members,
        course: processor.courses.points(of: name, channel: channel, after: after)
      ) { identity in
        partition.streams.name(hash: identity)
      }
      return writer.finish()
    }
    return nil
  }

  /// The same of a stream whose model is in the store alone.
  private func explainSaved(
    _ name: [UInt8], of partition: Partition, channel: Int
  ) throws(PipelineError) -> [UInt8]? {
    guard partition.saving.hasOthers, let store else { return nil }
    var json: [UInt8]?
    _ = try store.find(name.span, of: partition.id) { form in
      json = SavedModelReader(definition).explanation(
        of: form, key: name.span, in: partition.id, channel: channel)
    }
    return json
  }
}

/// Writes what `/v1/streams/{key}` answers.
struct StreamWriter: ~Copyable {
  private let definition: Definition
  private let channel: Int
  private var writer = JSONWriter(capacity: 65_536)

  init(definition: Definition, channel: Int) {
    self.definition = definition
    self.channel = channel
  }

  /// - Parameters:
  ///   - members: the streams of its group, where that is known.
  ///   - streamName: the name of a member, where that is known.
  mutating func write(
    _ name: [UInt8], in partition: TopicPartition, _ block: StreamBlock,
    _ model: consuming StreamModel, members: Groups.Members?,
    course: (first: Int64, points: [Courses.Point]), streamName: (UInt64) -> [UInt8]?
  ) {
    writer.beginObject()
    writer.field("stream", name.span)
    writer.field("topic", definition.input.topics[Int(partition.topic)])
    writer.field("partition", Int(partition.partition))
    writer.field("channel", definition.input.values[channel].name)
    writer.key("channels")
    writer.beginArray()
    for channel in definition.input.values { writer.value(channel.name) }
    writer.endArray()
    writeState(block)
    writeNext(model.predict(channel: channel), model.attribution(channel: channel))
    writeNeighbours(model.neighbours(channel: channel, as: members?.place)) { place in
      members?.identities[place].flatMap(streamName)
    }
    writeAnatomy(model.anatomy(channel: channel))
    writeCourse(course)
    writer.endObject()
  }

  consuming func finish() -> [UInt8] {
    let bytes = writer.bytes
    return Array(count: bytes.count) { bytes[$0] }
  }

  private mutating func writeState(_ block: StreamBlock) {
    let state = block.state
    let alert = block[alertOf: channel]
    writer.field("events", state.events)
    writer.field("last_seen", rfc3339: state.lastTime)
    writer.field("warm_up", max(0, definition.alerts.warmUp - Int(clamping: state.events)))
    writer.field("score", score(ofEvidence: alert.evidence))
    writer.field("level", score(ofEvidence: alert.level))
    writer.field("anomaly", alert.isOpen)
    if alert.isOpen {
      writer.field("severity", String(describing: alert.severity.name))
      writer.field("since", rfc3339: alert.openTime)
    }
  }

  private mutating func writeNext(_ next: Prediction, _ why: Attribution) {
    writer.key("next")
    writer.beginObject()
    writer.field("prediction", next.prediction)
    writer.field("lower", next.lower)
    writer.field("upper", next.upper)
    writer.endObject()
    writer.key("experts")
    writer.beginArray()
    for expert in why.experts {
      writer.beginObject()
      writer.field("name", expert.name)
      writer.field("weight", expert.weight)
      writer.field("contribution", expert.contribution)
      writer.endObject()
    }
    writer.endArray()
    writer.key("inputs")
    writer.beginObject()
    for input in why.inputs {
      writer.key(named: input.name)
      writer.value(input.contribution)
    }
    writer.endObject()
    writer.key("evidence")
    writer.beginArray()
    for part in why.evidence {
      writer.beginObject()
      writer.field("of", part.name)
      writer.field("novelty", part.novelty)
      writer.field("magnitude", part.magnitude)
      writer.endObject()
    }
    writer.endArray()
    writer.field("learning_rate", why.learningRate)
  }

  /// Whom the inputs `message1` and `message2` come from: a channel of the stream, or, where
  /// another stream of its group is named, of that one; null where a synapse listens to nobody.
  private mutating func writeNeighbours(
    _ neighbours: [Neighbour?], streamName: (_ place: Int) -> [UInt8]?
  ) {
    writer.key("neighbours")
    writer.beginArray()
    for neighbour in neighbours {
      guard let neighbour else {
        writer.null()
        continue
      }
      writer.beginObject()
      switch neighbour {
      case .channel(let number):
        writer.field("channel", definition.input.values[number].name)
      case .member(let place):
        if let name = streamName(place) { writer.field("stream", name.span) }
        writer.field("place", place)
        writer.field("channel", definition.input.values[channel].name)
      }
      writer.endObject()
    }
    writer.endArray()
  }

  private mutating func writeAnatomy(_ anatomy: Anatomy) {
    writer.key("weights")
    writer.beginObject()
    writer.key("inputs")
    writer.beginArray()
    for name in Anatomy.inputNames { writer.value(name) }
    writer.endArray()
    write("slow", anatomy.slow)
    write("plastic", anatomy.plastic)
    writer.endObject()
    writer.key("synapses")
    writer.beginArray()
    for synapse in anatomy.synapses where synapse.lag > 0 {
      writer.beginObject()
      writer.field("lag", synapse.lag)
      writer.field("age", synapse.age)
      writer.field("utility", synapse.utility)
      writer.endObject()
    }
    writer.endArray()
    writeMemory(anatomy)
    writer.field("spacing", anatomy.spacing)
    write("history", anatomy.history)
  }

  private mutating func writeMemory(_ anatomy: Anatomy) {
    writer.key("regimes")
    writer.beginArray()
    for regime in anatomy.regimes {
      writer.beginObject()
      writer.field("held", regime.isHeld)
      writer.field("use", regime.use)
      writer.field("weight", regime.weight)
      writer.field("recalled", regime.isRecalled)
      if let level = regime.level { writer.field("level", level) }
      writer.endObject()
    }
    writer.endArray()
    write("week", anatomy.week.map { $0 ?? .nan })
    writer.key("neuromodulator")
    writer.beginObject()
    writer.field("alarm", anatomy.alarm)
    writer.field("pause", anatomy.pause)
    if let events = anatomy.eventsSinceDrift { writer.field("events_since_drift", events) }
    writer.key("sums")
    writer.beginObject()
    for (name, sum) in zip(Anatomy.sumNames, anatomy.sums) {
      writer.key(named: name)
      writer.value(sum)
    }
    writer.endObject()
    writer.endObject()
  }

  /// Points as rows of time in milliseconds, value, prediction, lower, upper, score, whether an
  /// anomaly is open, and whether a drift was found; and the attention's weights of each.
  private mutating func writeCourse(_ course: (first: Int64, points: [Courses.Point])) {
    writer.key("course")
    writer.beginObject()
    writer.field("first", course.first)
    writer.key("points")
    writer.beginArray()
    for point in course.points {
      writer.beginArray()
      writer.value(point.time / 1_000_000)
      writer.value(point.outcome.value)
      writer.value(point.outcome.prediction)
      writer.value(point.outcome.lower)
      writer.value(point.outcome.upper)
      writer.value(point.outcome.score)
      writer.value(point.isAnomalous)
      writer.value(point.outcome.drift?.kind.name ?? "")
      writer.endArray()
    }
    writer.endArray()
    writer.key("attention")
    writer.beginArray()
    for point in course.points {
      writer.beginArray()
      for weight in point.attention { writer.value((weight * 1000).rounded() / 1000) }
      writer.endArray()
    }
    writer.endArray()
    writer.endObject()
  }

  private mutating func write(_ name: StaticString, _ numbers: [Double]) {
    writer.key(name)
    writer.beginArray()
    for number in numbers { writer.value(number) }
    writer.endArray()
  }
}
