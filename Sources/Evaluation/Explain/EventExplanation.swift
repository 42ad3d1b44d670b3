internal import Pipeline
package import SPN

/// Why one event of one channel was expected as it was, and scored as it was.
package struct EventExplanation: Sendable {
  package let stream: String
  package let channel: String
  package let offset: Int64
  package let time: ModelTime
  package let outcome: Outcome
  /// The alarm level in force, as evidence, and whether an anomaly was open after the event.
  package let level: Float
  package let isAlarm: Bool
  package let coverage: Double
  /// The parts: experts' contributions sum to the prediction, the evidence's to the evidence.
  package let attribution: Attribution
  /// The channel or stream that each message synapse listens to, if it listens to one.
  package let neighbours: [String?]

  /// Runs a stream up to a record and explains it, each channel that had a value.
  ///
  /// - Parameter files: the stream, and after it those that it hears.
  /// - Throws: where the stream has no event with this offset, or said nothing of it.
  package static func of(
    _ files: [StreamFile], offset: Int64, _ settings: Settings, isGrouped: Bool = false
  ) throws(EvaluationError) -> [EventExplanation] {
    let series = files[0].series
    guard let event = files[0].offsets.firstIndex(of: offset) else {
      let near = files[0].offsets.min { abs($0 - offset) < abs($1 - offset) } ?? 0
      throw EvaluationError(
        "\(series.name)@\(offset)", "the stream has no event at this offset; the nearest is \(near)"
      )
    }
    var group = StreamGroup(files.map(\.series), settings, isGrouped: isGrouped)
    var isSaid = false
    let events = files.indices.flatMap { stream in
      files[stream].offsets.enumerated().map { (offset: $1, stream: stream, event: $0) }
    }
    for earlier in events.filter({ $0.offset <= offset }).sorted(by: { $0.offset < $1.offset }) {
      isSaid = group.observe(earlier.event, of: earlier.stream)
    }
    guard isSaid else {
      throw EvaluationError(
        "\(series.name)@\(offset)", "the event is late or a repetition: nothing was said of it")
    }
    var result: [EventExplanation] = []
    for c in series.channels.indices where !group.outcomes(of: 0)[c].value.isNaN {
      result.append(
        EventExplanation(
          stream: series.name, channel: series.channels[c], offset: offset,
          time: series.times[event], outcome: group.outcomes(of: 0)[c],
          level: group.alerts(of: 0)[c].level, isAlarm: group.alerts(of: 0)[c].isOpen,
          coverage: settings.model.interval, attribution: group.attribution(of: 0, channel: c),
          neighbours: group.neighbours(of: 0, channel: c)))
    }
    return result
  }
}

extension EventExplanation {
  /// One JSON object on one line.
  package var json: String {
    var json = JSONWriter()
    json.beginObject()
    json.field("stream", stream)
    json.field("channel", channel)
    json.field("offset", offset)
    json.field("time", rfc3339: time.nanoseconds)
    json.field("value", outcome.value)
    json.field("prediction", outcome.prediction)
    json.field("lower", outcome.lower)
    json.field("upper", outcome.upper)
    json.field("expected", outcome.expected)
    json.key("experts")
    json.beginArray()
    for expert in attribution.experts where expert.weight > 0 {
      json.beginObject()
      json.field("name", expert.name)
      json.field("words", words(for: expert.name))
      json.field("weight", expert.weight)
      json.field("prediction", expert.contribution / expert.weight)
      json.field("contribution", expert.contribution)
      json.endObject()
    }
    json.endArray()
    json.key("inputs")
    json.beginArray()
    for input in attribution.inputs where input.contribution != 0 {
      json.beginObject()
      json.field("name", input.name)
      json.field("words", words(for: input.name))
      json.field("contribution", input.contribution)
      json.endObject()
    }
    json.endArray()
    json.field("learning_rate", attribution.learningRate)
    json.key("evidence")
    json.beginArray()
    for part in attribution.evidence {
      json.beginObject()
      json.field("name", part.name)
      json.field("words", Self.evidenceWords[part.name] ?? part.name)
      json.field("novelty", part.novelty)
      json.field("magnitude", part.magnitude)
      json.endObject()
    }
    json.endArray()
    json.field("score", outcome.score)
    json.field("level", Pipeline.score(ofEvidence: level))
    json.field("surprise", outcome.surprise)
    json.field("anomaly", isAlarm)
    json.endObject()
    return json.text
  }
}
