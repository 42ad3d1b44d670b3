internal import SPN

/// Health: one record where trouble with a stream's data begins or ends.
extension ResultEncoder {
  /// Whether trouble began or ended.
  enum HealthChange: String {
    case began, ended
  }

  /// Trouble as a result tells it.
  struct HealthReport {
    var kind: HealthKind
    var change: HealthChange
    /// The time of the first troubled event, or of the last event before silence, in nanoseconds
    /// since 1970.
    var since: Int64
    /// Troubled events, or events that a silent stream did not send.
    var count: Int64
    /// What is wrong and what to do about it, where a record said so.
    var reason: String?
    /// The stream, where the record that is answered is another's.
    var streamDigest: UInt64?
  }

  /// Writes that trouble with a stream began or ended.
  ///
  /// - Parameter time: when, by the event that is answered.
  mutating func writeHealth<Target: Sink & ~Copyable>(
    _ report: HealthReport, stream: Span<UInt8>, time: ModelTime, into sink: inout Target
  ) throws(PipelineError) {
    let type = "health.\(report.kind.rawValue).\(report.change.rawValue)"
    let about = report.streamDigest.map { "\(String($0, radix: 16))/\(type)" } ?? type
    let id = identifier(about, channel: nil)
    writer.removeAll()
    writer.beginObject()
    writer.field("id", id)
    writer.field("kind", report.kind.rawValue)
    writer.field("state", report.change.rawValue)
    writer.field("stream", stream)
    writer.field("time", rfc3339: time.nanoseconds)
    writer.field("since", rfc3339: report.since)
    writer.field("count", report.count)
    if let reason = report.reason { writer.field("reason", reason) }
    writeSource()
    writer.endObject()
    notify(.health, stream: stream)
    let headers = cloudEvent(type: type, id: id, stream: stream, time: time)
    try append(to: .health, headers: headers, time: time, into: &sink)
  }
}
