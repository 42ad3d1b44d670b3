/// What went wrong in moving records, with the noun that failed.
public struct PipelineError: Error, Equatable, CustomStringConvertible {
  /// The kinds of failure that a caller can act on.
  public enum Code: Sendable {
    /// The definition or a setting is wrong; starting again does not help.
    case configuration
    /// Another member has taken this one's place; the process must end.
    case fenced
    /// The cluster refuses what we ask, or said that the client is beyond repair.
    case cluster
    /// A file or directory could not be read or written.
    case storage
    /// The committed offset is outside what the log still holds.
    case outOfRange
  }

  public var code: Code
  /// What failed: a topic and partition, a file, a property.
  public var subject: String
  /// Why, and what to do about it.
  public var reason: String
  /// The topic, partition and offset that the subject names, where it names any.
  public var place: RecordPlace?

  public init(code: Code, subject: String, reason: String, place: RecordPlace? = nil) {
    self.code = code
    self.subject = subject
    self.reason = reason
    self.place = place
  }

  public var description: String { "\(subject): \(reason)" }
}
