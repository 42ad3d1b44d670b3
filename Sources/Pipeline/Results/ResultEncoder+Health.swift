internal import SPN

/// Health: one record where trouble with a stream's data begins or ends.
extension ResultEncoder {
  /// Whether trouble began or ended.
  enum HealthChange: String {
    case began, ended
  }

  /// Writes that events of a stream began, or ceased, to come later than newer ones.
  mutating func writeHealth<Target: Sink & ~Copyable>(
    _ change: HealthChange, _ state: StreamState, stream: Span<UInt8>, time: ModelTime,
    into sink: inout Target
  ) throws(PipelineError) {
    guard definition.output.health != nil else { return }
    writer.removeAll()
    writer.beginObject()
    writer.field("id", identifier("health", channel: nil))
    writer.field("kind", "late")
    writer.field("state", change.rawValue)
    writer.field("stream", stream)
    writer.field("time", rfc3339: time.nanoseconds)
    writer.field("since", rfc3339: state.lateSince)
    writer.field("count", state.lateEvents)
    writeSource()
    writer.endObject()
    let type = "health.late.\(change.rawValue)"
    let headers = cloudEvent(
      type: type, id: identifier(type, channel: nil), stream: stream, time: time)
    try append(to: .health, headers: headers, time: time, into: &sink)
  }
}
