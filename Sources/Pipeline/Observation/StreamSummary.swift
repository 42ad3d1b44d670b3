/// How streams are sorted for people.
public enum StreamOrder: String, CaseIterable, Sendable {
  /// The strangest first.
  case score
  /// The one heard last first.
  case lastSeen = "last_seen"
}

/// One stream in a list.
public struct StreamSummary: Sendable, Equatable {
  /// The stream's name, bytes as they came.
  public var name: [UInt8]
  public var partition: TopicPartition
  /// Events learned.
  public var events: Int64
  /// The time of the last event, in nanoseconds since 1970.
  public var lastTime: Int64
  /// The last event's largest score over the channels, 0…1.
  public var score: Float
  public var isAnomalous: Bool
  public var isLearning: Bool

  public init(
    name: [UInt8], partition: TopicPartition, events: Int64, lastTime: Int64, score: Float,
    isAnomalous: Bool, isLearning: Bool
  ) {
    self.name = name
    self.partition = partition
    self.events = events
    self.lastTime = lastTime
    self.score = score
    self.isAnomalous = isAnomalous
    self.isLearning = isLearning
  }

  /// Whether this one comes before another; names decide between equals, so that pages are stable.
  public func precedes(_ other: StreamSummary, in order: StreamOrder) -> Bool {
    switch order {
    case .score:
      if isAnomalous != other.isAnomalous { return isAnomalous }
      if score != other.score { return score > other.score }
    case .lastSeen:
      if lastTime != other.lastTime { return lastTime > other.lastTime }
    }
    return name.lexicographicallyPrecedes(other.name)
  }
}
