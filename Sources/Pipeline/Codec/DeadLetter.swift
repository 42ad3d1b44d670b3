/// The form of a record that could not be answered: its key, value and headers as they came, and
/// ours after them.
public enum DeadLetter {
  /// Where a record stood when it was rejected.
  public struct Origin: Equatable, Sendable {
    public var topic: String
    public var partition: Int32
    public var offset: Int64
    /// The consumer group that rejected it.
    public var group: String

    /// A place in the input.
    public init(topic: String, partition: Int32, offset: Int64, group: String) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
      self.group = group
    }
  }

  /// The record's own headers, then those of KIP-1191 in its order, then the rejection's code.
  ///
  /// KIP-1191's delivery count is left out: a record is delivered until it is answered, once.
  public static func headers(
    for rejection: Rejection, of origin: Origin, original: [Header]
  ) -> [Header] {
    original + [
      Header("__dlq.errors.topic", origin.topic),
      Header("__dlq.errors.partition", String(origin.partition)),
      Header("__dlq.errors.offset", String(origin.offset)),
      Header("__dlq.errors.group", origin.group),
      Header("__dlq.errors.message", rejection.message),
      Header("spnd.errors.code", rejection.code.rawValue),
    ]
  }
}
