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
    case streamMissing = "stream.missing"
    case streamEmpty = "stream.empty"
    case streamType = "stream.type"
    case streamTooLong = "stream.too-long"
    case timeMissing = "time.missing"
    case timeType = "time.type"
    case timeFormat = "time.format"
    case timeRange = "time.range"
    case timeFuture = "time.future"
    /// No channel has a number.
    case valueMissing = "value.missing"
    case valueType = "value.type"
    case valueRange = "value.range"
    /// What was answered is longer than its topic takes.
    case resultTooLarge = "result.too-large"
  }

  public var code: Code
  /// Which field, what was found, and what to do about it.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
