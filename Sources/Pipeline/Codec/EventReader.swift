import SPN

/// The one place where fields, of whatever format, become a stream's name, a time and numbers.
struct EventReader: ~Copyable {
  /// The longest name of a stream, in bytes.
  static let streamBytesMax = 1024
  /// The largest number that is learned from, positive or negative.
  static let magnitudeMax = 1e30

  private let settings: DecoderSettings
  private var clock: EventClock
  /// The last event's stream.
  private(set) var stream = ByteBuffer(capacity: streamBytesMax)
  /// The last event's time.
  private(set) var time = ModelTime(nanoseconds: 0)
  /// The last event's numbers, NaN where there is none.
  private(set) var values: [Double]

  /// A reader for a definition's streams.
  init(_ settings: DecoderSettings) {
    self.settings = settings
    clock = EventClock(settings)
    values = Array(repeating: .nan, count: settings.channels.count)
  }

  /// Reads an event out of the fields at the settings' pointers, in their order.
  mutating func read(_ fields: borrowing FieldList, _ record: borrowing Record) -> Rejection? {
    let names = settings.stream.count
    let channels = names + (settings.time == nil ? 0 : 1)
    let rejection =
      names == 0 ? readKey(record) : readStream(fields)
    if let rejection { return rejection }
    let field = settings.time == nil ? nil : fields[names]
    switch clock.read(field, timestamp: record.timestamp) {
    case .success(let time): self.time = time
    case .failure(let rejection): return rejection
    }
    return readValues(fields, from: channels)
  }
}

// MARK: The stream's name

extension EventReader {
  private static let keyRemedy =
    "set keys in the producer, or name the stream's fields in input.stream"

  private mutating func readKey(_ record: borrowing Record) -> Rejection? {
    stream.removeAll()
    guard let key = record.key else {
      return Rejection(
        .streamMissing,
        "the record has no key; \(Self.keyRemedy)"
      )
    }
    guard !key.isEmpty else {
      return Rejection(
        .streamEmpty,
        "the record's key is empty; \(Self.keyRemedy)"
      )
    }
    guard key.count <= Self.streamBytesMax else {
      return Rejection(
        .streamTooLong,
        "the record's key has \(key.count) bytes; at most \(Self.streamBytesMax) can name a stream")
    }
    stream.append(key)
    return nil
  }

  private mutating func readStream(_ fields: borrowing FieldList) -> Rejection? {
    stream.removeAll()
    for index in settings.stream.indices {
      if index > 0 { stream.append(UInt8(ascii: "/")) }
      let field = fields[index]
      switch field.kind {
      case .string, .text: appendPart(field.text)
      case .isTrue: stream.append("true")
      case .isFalse: stream.append("false")
      case .int64: stream.append(integer: field.integer)
      case .uint64: stream.append(integer: UInt64(bitPattern: field.integer))
      case .double: _ = stream.append(number: field.number)
      case .missing, .null, .composite: return rejection(of: field, index)
      }
      if field.isEmptyText { return rejection(of: field, index) }
      guard stream.count <= Self.streamBytesMax else { return rejection(of: field, index) }
    }
    return nil
  }

  /// Adds a field's text; several are joined with `/`, so those within are escaped as RFC 6901
  /// does.
  private mutating func appendPart(_ text: Span<UInt8>) {
    // Past the limit nothing but the fact matters.
    let part = text.extracting(first: Self.streamBytesMax + 1)
    guard settings.stream.count > 1 else { return stream.append(part) }
    var plain = 0
    for index in part.indices
    where part[index] == UInt8(ascii: "/") || part[index] == UInt8(ascii: "~") {
      stream.append(part.extracting(plain..<index))
      stream.append(part[index] == UInt8(ascii: "/") ? "~1" : "~0")
      plain = index + 1
    }
    stream.append(part.extracting(plain..<part.count))
  }

  @inline(never)
  private func rejection(of field: Field, _ index: Int) -> Rejection {
    let name = settings.stream[index]
    if stream.count > Self.streamBytesMax {
      return Rejection(
        .streamTooLong,
        "with \(name) the stream's name has more than \(Self.streamBytesMax) bytes; "
          + "name it by a shorter field"
      )
    }
    switch field.kind {
    case .missing, .null:
      return Rejection(
        .streamMissing, "\(name) is \(field.summary); send it, or correct input.stream")
    case .composite:
      return Rejection(
        .streamType, "\(name) is \(field.summary); a stream is named by text, numbers or booleans")
    default:
      return Rejection(.streamEmpty, "\(name) is empty; send the stream's name in it")
    }
  }
}

// MARK: The numbers

extension EventReader {
  private mutating func readValues(
    _ fields: borrowing FieldList, from first: Int
  ) -> Rejection? {
    var found = false
    for channel in values.indices {
      let field = fields[first + channel]
      var number: Double
      switch field.kind {
      case .int64, .uint64, .double: number = field.number
      case .missing, .null: number = .nan
      case .text:
        guard let cell = DecimalText.number(field.text) else {
          return typeRejection(field, channel)
        }
        number = cell
      case .string, .composite, .isTrue, .isFalse: return typeRejection(field, channel)
      }
      guard !(abs(number) > Self.magnitudeMax) else {
        return Rejection(
          .valueRange,
          "\(settings.channels[channel]) is \(field.summary); numbers up to 1e30 are learned")
      }
      values[channel] = number
      found = found || !number.isNaN
    }
    return found ? nil : missingRejection()
  }

  @inline(never)
  private func typeRejection(_ field: Field, _ channel: Int) -> Rejection {
    Rejection(
      .valueType,
      "\(settings.channels[channel]) is \(field.summary), not a number; send a number or null")
  }

  @inline(never)
  private func missingRejection() -> Rejection {
    let names = settings.channels.prefix(8).map(\.text).joined(separator: ", ")
    let more = settings.channels.count > 8 ? ", …" : ""
    return Rejection(
      .valueMissing, "no number at \(names)\(more); send at least one, or correct input.values")
  }
}

extension Field {
  /// Whether this is text without a single character.
  fileprivate var isEmptyText: Bool {
    (kind == .string || kind == .text) && text.isEmpty
  }
}
