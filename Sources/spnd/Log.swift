import Admin
import Glibc
import Pipeline

/// The daemon's log on standard error: one line a message, repeated ones held back.
func standardErrorLog(_ format: Definition.LogFormat = .auto, pipeline: String = "") -> Journal {
  let isJournal = unsafe getenv("JOURNAL_STREAM") != nil
  let limiter = LogLimiter()
  return Journal { level, message in
    guard level.rawValue <= Journal.Level.info.rawValue else { return }
    let now = SystemClock().monotonicNanoseconds()
    guard let text = limiter.admit(level, message.text, now: now) else { return }
    switch format {
    case .json: printError(json(level, message, saying: text, pipeline: pipeline))
    case .auto where isJournal: printError("<\(level.rawValue)>\(oneLine(text))")
    case .auto: printError("\(timeOfDay()) \(level) \(oneLine(text))")
    }
  }
}

private func json(
  _ level: Journal.Level, _ message: LogMessage, saying text: String, pipeline: String
) -> String {
  var writer = JSONWriter(capacity: 256)
  writer.beginObject()
  writer.field("time", rfc3339: SystemClock().millisecondsSince1970() * 1_000_000)
  writer.field("level", "\(level)")
  if !pipeline.isEmpty { writer.field("pipeline", pipeline) }
  if let place = message.place {
    writer.field("topic", place.topic)
    if let partition = place.partition { writer.field("partition", Int(partition)) }
    if let offset = place.offset { writer.field("offset", offset) }
  }
  if let stream = message.stream { writer.field("stream", stream) }
  writer.field("message", text)
  writer.endObject()
  let bytes = writer.bytes
  return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}

/// A message without line breaks, which would start further messages in the journal.
private func oneLine(_ message: String) -> String {
  message.split(separator: "\n").joined(separator: "; ")
}

/// The time of day in UTC, to the millisecond.
private func timeOfDay() -> String {
  let milliseconds = SystemClock().millisecondsSince1970() % 86_400_000
  func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
  let seconds = milliseconds / 1000
  return "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):"
    + "\(digits(seconds % 60, 2)).\(digits(milliseconds % 1000, 3))"
}
