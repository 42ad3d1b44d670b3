package import SPN

/// Predictions: one record an input event, or every n-th.
extension ResultEncoder {
  /// Writes what was expected of an event and how it compared; one object a channel where there are
  /// several.
  package mutating func writePrediction<Target: Sink & ~Copyable>(
    _ outcomes: [Outcome], _ block: StreamBlock, _ model: borrowing StreamModel,
    stream: Span<UInt8>, time: ModelTime, into sink: inout Target
  ) throws(PipelineError) {
    guard definition.output.predictions != nil else { return }
    writer.removeAll()
    writer.beginObject()
    writer.field("stream", stream)
    writer.field("time", rfc3339: time.nanoseconds)
    if outcomes.count == 1 {
      writeChannel(outcomes[0], block[alertOf: 0], model, channel: 0)
    } else {
      writer.key("channels")
      writer.beginObject()
      for channel in outcomes.indices where !outcomes[channel].value.isNaN {
        writer.key(named: definition.input.values[channel].name)
        writer.beginObject()
        writeChannel(outcomes[channel], block[alertOf: channel], model, channel: channel)
        writer.endObject()
      }
      writer.endObject()
    }
    writeSource()
    writer.endObject()
    try append(to: .predictions, time: time, into: &sink)
  }

  private mutating func writeChannel(
    _ outcome: Outcome, _ alert: AlertState, _ model: borrowing StreamModel, channel: Int
  ) {
    writer.field("value", outcome.value)
    writeExpectation(outcome.prediction, outcome.lower, outcome.upper)
    writeScore(outcome.score, level: alert.level)
    writer.field("anomaly", alert.isOpen)
    writer.field("surprise", Precision.surprise.round(outcome.surprise))
    guard definition.model.horizon > 0 else { return }
    writer.key("forecast")
    writer.beginArray()
    for step in 1...definition.model.horizon {
      let next = model.forecast(channel: channel, step: step)
      writer.beginObject()
      writeExpectation(next.prediction, next.lower, next.upper)
      writer.endObject()
    }
    writer.endArray()
  }

  /// Writes what is expected and its interval, without digits that mean nothing.
  mutating func writeExpectation(_ prediction: Double, _ lower: Double, _ upper: Double) {
    let precision = Precision(width: upper - lower)
    writer.field("prediction", precision.round(prediction))
    writer.field("lower", precision.round(lower))
    writer.field("upper", precision.round(upper))
  }

  /// Writes a score and the level above which an anomaly opens.
  mutating func writeScore(_ score: Float, level: Float) {
    writer.field("level", Precision.score.round(Pipeline.score(ofEvidence: level)))
    writer.field("score", Precision.score.round(score))
  }
}

/// Evidence on the scale of scores: 0…1, 0.5 at the fixed alarm level.
package func score(ofEvidence evidence: Float) -> Float {
  evidence / (evidence + EvidenceTail.fixedLevel)
}
