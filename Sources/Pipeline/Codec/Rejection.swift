/// Why a record is no event: what its dead letter says.
public struct Rejection: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of rejection; their texts are part of the output and stay as they are.
  public enum Code: String, CaseIterable, Sendable {
    /// The value is not one valid JSON document.
    case jsonInvalid = "json.invalid"
    /// The value holds nothing but white space.
    case jsonEmpty = "json.empty"
    /// The row breaks the rules of CSV, or has another number of cells than the header.
    case csvInvalid = "csv.invalid"
    /// The value is Kafka's null, a tombstone.
    case valueNull = "value.null"
    /// The value is longer than is read.
    case valueTooLarge = "value.too-large"
    /// The record has no key, or a field that names the stream is missing or null.
    case streamMissing = "stream.missing"
    /// The key or such a field is empty.
    case streamEmpty = "stream.empty"
    /// Such a field is an object or array.
    case streamType = "stream.type"
    /// The stream's name would have more than 1024 bytes.
    case streamTooLong = "stream.too-long"
    /// The time is missing or null.
    case timeMissing = "time.missing"
    /// The time is of a type that the unit does not allow.
    case timeType = "time.type"
    /// The time's text cannot be read.
    case timeFormat = "time.format"
    /// The time is before 1970-01-02, after 2199, or has another unit.
    case timeRange = "time.range"
    /// The time is too far ahead of the record's timestamp.
    case timeFuture = "time.future"
    /// No channel has a number.
    case valueMissing = "value.missing"
    /// A channel is text, a boolean, an object or an array.
    case valueType = "value.type"
    /// A channel's number is beyond 1e30.
    case valueRange = "value.range"
    /// What was answered is longer than its topic takes.
    case resultTooLarge = "result.too-large"
  }

  /// The kind.
  public var code: Code
  /// Which field, what was found, and what to do about it.
  public var message: String

  /// A rejection of one kind.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The code and the message.
  public var description: String { "\(code.rawValue): \(message)" }
}
