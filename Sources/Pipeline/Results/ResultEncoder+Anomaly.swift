internal import SPN

/// Anomalies: one record a change of an anomaly's state.
extension ResultEncoder {
  /// Writes that an anomaly opened, grew graver or ended.
  mutating func writeAnomaly<Target: Sink & ~Copyable>(
    _ change: AlertState.Change, _ alert: AlertState, _ outcome: Outcome, channel: Int,
    stream: Span<UInt8>, time: ModelTime, attribution: Attribution, into sink: inout Target
  ) throws(PipelineError) {
    guard let state = change.name else { return }
    writer.removeAll()
    writer.beginObject()
    writer.field("id", identifier("anomaly", channel: channel, at: alert.openOffset))
    writer.field("state", state)
    writer.field("stream", stream)
    writer.field("channel", definition.input.values[channel].name)
    writer.field("time", rfc3339: time.nanoseconds)
    writer.field("since", rfc3339: alert.openTime)
    writer.field("severity", String(describing: alert.severity.name))
    writer.field("value", outcome.value)
    writeExpectation(outcome.prediction, outcome.lower, outcome.upper)
    let precision = Precision(width: outcome.upper - outcome.lower)
    writer.field("expected", precision.round(outcome.expected))
    writeScore(outcome.score, level: alert.level)
    writer.field("surprise", Precision.surprise.round(outcome.surprise))
    writePeak(alert)
    writeContributions(attribution)
    writer.field(
      "explanation", Explanation.anomaly(change, alert, outcome, attribution: attribution))
    writeSource()
    writer.endObject()
    notify(.anomalies, stream: stream)
    let id = identifier("anomaly.\(state)", channel: channel)
    let headers = cloudEvent(type: "anomaly.\(state)", id: id, stream: stream, time: time)
    try append(to: .anomalies, headers: headers, time: time, into: &sink)
  }

  private mutating func writePeak(_ alert: AlertState) {
    writer.key("peak")
    writer.beginObject()
    writer.field("time", rfc3339: alert.peakTime)
    writer.field("value", alert.peakValue)
    writer.field("score", Precision.score.round(score(ofEvidence: alert.peakEvidence)))
    writer.endObject()
  }

  private mutating func writeContributions(_ attribution: Attribution) {
    writer.key("contributions")
    writer.beginArray()
    let total = attribution.evidence.reduce(0) { $0 + $1.sum }
    for part in attribution.evidence where part.sum > 0 {
      writer.beginObject()
      writer.field("of", part.name)
      writer.field("share", Precision.score.round(Float(part.sum / total)))
      writer.endObject()
    }
    writer.endArray()
  }
}

extension AlertState.Change {
  /// The state's name in results; nil where nothing changed.
  var name: String? {
    switch self {
    case .none, .suppressed: nil
    case .opened: "open"
    case .updated: "update"
    case .resolved: "resolved"
    }
  }
}
