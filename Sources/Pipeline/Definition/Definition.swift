/// One pipeline: where records come from, what is learned from them, and where the results go.
///
/// What a definition file says, read and checked; every value lies in the range that its
/// documentation states.
public struct Definition: Equatable, Sendable {
  /// The pipeline's name: 1 to 100 letters, digits, `.`, `_` or `-`.
  public var pipeline: String
  /// librdkafka's properties as they stand in the file, in its order; `bootstrap.servers` and
  /// `group.id` are among them, the second being the pipeline's name where the file has none.
  public var kafka: [KafkaProperty]
  public var input: Input
  public var output: Outputs
  public var model = Model()
  public var processing = Processing()
  public var alerts = Alerts()
  public var health = Health()
  public var state = State()
  public var topics = Topics()
  public var http = HTTP()
  public var log = LogFormat.auto
  public internal(set) var digest = Digest()

  public init(pipeline: String, kafka: [KafkaProperty], input: Input, output: Outputs) {
    self.pipeline = pipeline
    self.kafka = kafka
    self.input = input
    self.output = output
  }

  /// Whether the daemon brings its own broker, for demonstrations: `bootstrap.servers: embedded`.
  public var isEmbedded: Bool { property("bootstrap.servers") == "embedded" }

  /// The consumer group's name.
  public var group: String { property("group.id") ?? pipeline }

  /// The value of one of librdkafka's properties, where the definition has it.
  public func property(_ name: String) -> String? { kafka.first { $0.name == name }?.value }
}

extension Definition {
  /// A place in the definition's file, both from 1.
  public struct Position: Equatable, Sendable {
    public var line: Int
    /// Counted in characters.
    public var column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// What a definition's file is known by.
  public struct Digest: Equatable, Sendable {
    /// The SHA-256 in hexadecimal digits, as sha256sum(1) prints it; empty where there is no file.
    public var text = ""

    /// Always, since definitions that say the same are the same, however their files are written.
    public static func == (a: Digest, b: Digest) -> Bool { true }
  }

  /// One of librdkafka's own properties.
  public struct KafkaProperty: Equatable, Sendable {
    public var name: String
    public var value: String
    /// Whether the value must not be shown: it came from a file, or its name says so.
    public var isSecret: Bool
    public var position: Position

    public init(
      name: String, value: String, isSecret: Bool = false,
      position: Position = Position(line: 1, column: 1)
    ) {
      self.name = name
      self.value = value
      self.isSecret = isSecret
      self.position = position
    }

    /// Whether name and value are the same, wherever they stand.
    public static func == (a: KafkaProperty, b: KafkaProperty) -> Bool {
      a.name == b.name && a.value == b.value && a.isSecret == b.isSecret
    }
  }

  /// Which records are read, and how one becomes an event.
  public struct Input: Equatable, Sendable {
    /// Kafka topics, at least one, none twice; a record's `TopicPartition.topic` is an index into
    /// them.
    public var topics: [String]
    public var format = Format.json
    /// The fields that name the stream, in this order; empty where the record's key does.
    public var stream: [JSONPointer] = []
    /// The first of these fields, fewer than all: streams in which they are the same hear each
    /// other, and are one unit of state. Empty where each stream is on its own.
    public var group: [JSONPointer] = []
    public var time = Time()
    /// How much of the log a new group learns in silence before it speaks: 1 s to a century; nil
    /// where it speaks about all of the log.
    public var bootstrap: Duration?
    /// 1 to 64 numeric fields, in the order of the file.
    public var values: [Channel]

    public init(topics: [String], values: [Channel]) {
      self.topics = topics
      self.values = values
    }
  }

  /// The form of a record's value.
  public enum Format: String, CaseIterable, Sendable {
    case json
    /// Comma-separated, the first line naming the columns; for `spnd replay` alone.
    case csv
  }

  /// Where an event's time stands.
  public struct Time: Equatable, Sendable {
    /// The field; nil where the record's own Kafka timestamp is the event's time.
    public var path: JSONPointer?
    public var unit = Unit.rfc3339
    /// The time zone of times that name none, a name of the time zone database.
    public var zone = "UTC"
    /// How far an event may lie ahead of its record's timestamp; at least zero.
    public var maxFuture = Duration.seconds(3600)

    public init() {}

    /// What a time's number counts since 1970, or that it is text.
    public enum Unit: String, CaseIterable, Sendable {
      case rfc3339
      case seconds = "s"
      case milliseconds = "ms"
      case microseconds = "us"
      case nanoseconds = "ns"
    }
  }

  /// One number that is learned.
  public struct Channel: Equatable, Sendable {
    /// 1 to 100 letters, digits, `.`, `_` or `-`; no two channels share one.
    public var name: String
    public var pointer: JSONPointer

    public init(name: String, pointer: JSONPointer) {
      self.name = name
      self.pointer = pointer
    }
  }

  /// The topics that results go to: dead letters always, and at least one of the others.
  public struct Outputs: Equatable, Sendable {
    public var predictions: String?
    /// Only each stream's every n-th prediction is written; at least 1, which writes all.
    public var predictionsEvery = 1
    public var anomalies: String?
    public var drift: String?
    public var health: String?
    public var deadLetters: String

    public init(deadLetters: String) { self.deadLetters = deadLetters }

    /// The topic of an output; nil where it is not wanted.
    public func topic(of output: Output) -> String? {
      switch output {
      case .predictions: predictions
      case .anomalies: anomalies
      case .drift: drift
      case .health: health
      case .deadLetters: deadLetters
      }
    }
  }
}
