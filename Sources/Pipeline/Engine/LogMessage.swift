/// What a message is about: a topic, one of its partitions, or one of that one's offsets.
public struct RecordPlace: Sendable, Equatable, CustomStringConvertible {
  public var topic: String
  public var partition: Int32?
  public var offset: Int64?

  public init(topic: String, partition: Int32? = nil, offset: Int64? = nil) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }

  public var description: String {
    topic + (partition.map { "[\($0)]" } ?? "") + (offset.map { "@\($0)" } ?? "")
  }
}

/// One of the daemon's own messages: its text, and what the text names, for logs with fields.
///
/// Written as any text is: a place, a stream or an error that is put into it leaves its fields.
public struct LogMessage: Sendable, Equatable, ExpressibleByStringInterpolation {
  public var text: String
  private var places: [RecordPlace] = []
  private var streams: [String] = []

  /// What it is about; nil where it names no place or several.
  public var place: RecordPlace? { places.allSatisfy { $0 == places[0] } ? places.first : nil }

  /// The stream that it is about; nil where it names none or several.
  public var stream: String? { streams.count == 1 ? streams[0] : nil }

  public init(stringLiteral text: String) { self.text = text }

  public init(stringInterpolation parts: StringInterpolation) { self = parts.message }

  /// One text after the other, with the fields of both.
  public static func + (left: LogMessage, right: LogMessage) -> LogMessage { "\(left)\(right)" }

  /// A message in the making.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var message = LogMessage(stringLiteral: "")

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { message.text += literal }

    public mutating func appendInterpolation(_ value: some Any) { message.text += "\(value)" }

    public mutating func appendInterpolation(_ other: LogMessage) {
      message.text += other.text
      message.places += other.places
      message.streams += other.streams
    }

    public mutating func appendInterpolation(_ place: RecordPlace) {
      message.text += place.description
      message.places.append(place)
    }

    public mutating func appendInterpolation(_ error: PipelineError) {
      message.text += error.description
      if let place = error.place { message.places.append(place) }
    }

    /// A stream by the bytes of its name.
    public mutating func appendInterpolation(stream name: [UInt8]) {
      let name = String(decoding: name, as: UTF8.self)
      message.text += name
      message.streams.append(name)
    }
  }
}
