/// A partition of one of the input topics.
public struct TopicPartition: Hashable, Sendable {
  /// The topic's place in the definition's `input.topics`, from 0.
  public var topic: Int32
  /// The partition's number, from 0.
  public var partition: Int32

  public init(topic: Int32, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}

/// One input record, lent by its source until the next poll.
public struct Record: ~Escapable {
  /// The partition that the record came from.
  public let partition: TopicPartition
  /// The record's offset in its partition.
  public let offset: Int64
  /// The record's own Kafka timestamp in milliseconds since 1970, or −1 where it has none.
  public let timestamp: Int64
  /// The key's bytes; nil is Kafka's null key, which differs from an empty one.
  public let key: Span<UInt8>?
  /// The value's bytes; nil is Kafka's null value, a tombstone.
  public let value: Span<UInt8>?

  @_lifetime(copy key, copy value)
  public init(
    partition: TopicPartition, offset: Int64, timestamp: Int64,
    key: consuming Span<UInt8>?, value: consuming Span<UInt8>?
  ) {
    self.partition = partition
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
  }
}

/// One header of a record, byte for byte: Kafka does not promise UTF-8 in either part.
public struct Header: Hashable, Sendable {
  public var name: [UInt8]
  /// The value; nil is Kafka's null.
  public var value: [UInt8]?

  public init(name: [UInt8], value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header made of text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}
