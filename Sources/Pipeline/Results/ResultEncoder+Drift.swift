internal import SPN

/// Drift: one record a change in how a channel behaves, and one where a memory is recalled after
/// it.
extension ResultEncoder {
  /// Writes the drift that an event completed, or the memory that it recalled.
  mutating func writeDrift<Target: Sink & ~Copyable>(
    _ outcome: Outcome, channel: Int, stream: Span<UInt8>, state: StreamState, time: ModelTime,
    into sink: inout Target
  ) throws(PipelineError) {
    let type = outcome.drift == nil ? "drift.recall" : "drift"
    writer.removeAll()
    writer.beginObject()
    writer.field("id", identifier(type, channel: channel))
    writer.field("stream", stream)
    writer.field("channel", definition.input.values[channel].name)
    writer.field("time", rfc3339: time.nanoseconds)
    if let drift = outcome.drift {
      // In whole milliseconds, as the typical spacing is a running mean.
      let age = (Double(drift.age) * state.spacing * 1e3).rounded()
      let onset = time.nanoseconds &- (Int64(exactly: age) ?? 0) &* 1_000_000
      writer.field("kind", drift.kind.name)
      writer.field("onset", rfc3339: onset)
      writer.field("magnitude", drift.magnitude)
      let precision = Precision(width: outcome.upper - outcome.lower)
      writer.field("before", precision.round(drift.before))
      writer.field("after", precision.round(drift.after))
    }
    writer.field("value", outcome.value)
    writer.field("reaction", outcome.recalled == nil ? "adapt" : "recall")
    if let memory = outcome.recalledMemory { writer.field("memory", memory) }
    writer.field("explanation", Explanation.drift(outcome))
    writeSource()
    writer.endObject()
    notify(.drift, stream: stream)
    let id = identifier(type, channel: channel)
    let headers = cloudEvent(type: type, id: id, stream: stream, time: time)
    try append(to: .drift, headers: headers, time: time, into: &sink)
  }
}

extension Drift.Kind {
  /// The kind's name in results.
  var name: String { String(describing: self) }
}
