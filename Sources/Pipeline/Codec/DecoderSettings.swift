/// Where a record's stream, time and numbers stand.
public struct DecoderSettings: Sendable {
  /// The fields that name the stream, in this order; empty where the record's key does.
  public var stream: [JSONPointer] = []
  /// The field of the event's time; nil where the record's own timestamp is.
  public var time: JSONPointer?
  /// What a time's number counts since 1970, or that it is text.
  public var unit = Definition.Time.Unit.rfc3339
  /// The zone of times that name none, and of the clock that streams are learned by.
  public var zone = ZoneRules.utc
  /// How many nanoseconds an event may lie ahead of its record's timestamp.
  public var maxFuture: Int64 = 3_600_000_000_000
  /// The numeric fields, at least one.
  public var channels: [JSONPointer]

  /// Settings that take the stream from the key and the time from the record.
  public init(channels: [JSONPointer]) { self.channels = channels }

  /// What a definition's `input` says; reads its time zone.
  public init(_ input: Definition.Input) throws(PipelineError) {
    channels = input.values.map(\.pointer)
    stream = input.stream
    time = input.time.path
    unit = input.time.unit
    zone = try ZoneRules(input.time.zone)
    maxFuture = max(0, input.time.maxFuture.nanoseconds)
  }

  /// All fields in the order in which decoders read them: the stream's, the time, the channels.
  var pointers: [JSONPointer] { stream + (time.map { [$0] } ?? []) + channels }
}
