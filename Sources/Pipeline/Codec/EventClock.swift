import SPN

/// Reads an event's time out of a field, or takes the record's own timestamp.
struct EventClock: ~Copyable {
  /// The earliest time that is accepted, 1970-01-02: before it lie zeros, −1 and clocks that were
  /// never set.
  static let earliest: Int64 = 86_400_000_000_000
  /// The time from which on none is accepted, 2200-01-01.
  static let end: Int64 = 7_258_118_400_000_000_000

  private let pointer: JSONPointer?
  private let unit: Definition.Time.Unit
  private let maxFuture: Int64
  private var zone: ZoneRules
  /// A double's shortest decimal.
  private var digits = ByteBuffer(capacity: ByteBuffer.numberBytesMax)

  /// A clock for a definition's times.
  init(_ settings: DecoderSettings) {
    pointer = settings.time
    unit = settings.time == nil ? .milliseconds : settings.unit
    maxFuture = settings.maxFuture
    zone = settings.zone
  }

  /// The time in `field`, or where that is nil the record's `timestamp`, and the zone's offset
  /// then.
  mutating func read(_ field: Field?, timestamp: Int64) -> Result<ModelTime, Rejection> {
    let found: Result<Int64, Rejection>
    if let field = field {
      found = nanoseconds(field)
    } else if timestamp < 0 {
      return .failure(
        Rejection(
          .timeMissing,
          "the record has no timestamp; name the time's field in input.time.path"))
    } else {
      found = scaled(timestamp)
    }
    switch found {
    case .failure(let rejection): return .failure(rejection)
    case .success(let nanoseconds):
      if field != nil, isFuture(nanoseconds, timestamp) {
        return .failure(future(nanoseconds, timestamp))
      }
      let offset = zone.offset(at: nanoseconds / 1_000_000_000)
      return .success(ModelTime(nanoseconds: nanoseconds, zoneOffset: offset))
    }
  }

  private mutating func nanoseconds(_ field: Field) -> Result<Int64, Rejection> {
    switch field.kind {
    case .missing, .null: return .failure(missing(field))
    case .text where field.text.isEmpty: return .failure(missing(field))
    case .isTrue, .isFalse, .composite: return .failure(wrongType(field))
    case .string, .text:
      return unit == .rfc3339
        ? text(field) : decimal(DecimalText.trim(field.text), field)
    case .int64, .uint64, .double:
      guard unit != .rfc3339 else { return .failure(wrongType(field)) }
      return number(field)
    }
  }

  private mutating func number(_ field: Field) -> Result<Int64, Rejection> {
    switch field.kind {
    case .int64: return scaled(field.integer)
    case .double: break
    default: return .failure(outOfRange(field.summary, field.number))
    }
    digits.removeAll()
    _ = digits.append(number: field.number)
    return decimal(digits.bytes, field)
  }

  /// A time in the unit as an integer, which is how nearly all arrive.
  private func scaled(_ value: Int64) -> Result<Int64, Rejection> {
    let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow, isPlausible(nanoseconds, Double(value)) else {
      return .failure(outOfRange("\(value)", Double(value)))
    }
    return .success(nanoseconds)
  }

  private func decimal(
    _ text: Span<UInt8>, _ field: Field
  ) -> Result<Int64, Rejection> {
    let (value, isNumber) = DecimalText.scaled(text, by: unit.nanoseconds)
    guard isNumber else { return .failure(wrongFormat(field)) }
    let number = DecimalText.number(text) ?? 0
    guard let value, isPlausible(value, number) else {
      return .failure(outOfRange(field.summary, number))
    }
    return .success(value)
  }

  private mutating func text(_ field: Field) -> Result<Int64, Rejection> {
    guard let stamp = Timestamp(DecimalText.trim(field.text)) else {
      return .failure(wrongFormat(field))
    }
    let seconds = stamp.offset.map { stamp.seconds - $0 } ?? zone.utc(local: stamp.seconds)
    guard !stamp.isLeapSecond || seconds % CivilTime.secondsPerDay == 0 else {
      return .failure(wrongFormat(field))
    }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isPast) = whole.addingReportingOverflow(stamp.nanoseconds)
    guard !overflow, !isPast, sum >= Self.earliest, sum < Self.end else {
      return .failure(outOfRange(field.summary, nil))
    }
    return .success(sum)
  }

  /// Whether a number can be a time in the unit.
  ///
  /// Seconds read as milliseconds, and so on, fall into early 1970; what would be a date of our
  /// days in a coarser unit is taken for that mistake.
  private func isPlausible(_ nanoseconds: Int64, _ value: Double) -> Bool {
    guard nanoseconds >= Self.earliest, nanoseconds < Self.end else { return false }
    return nanoseconds >= 31_536_000_000_000_000 || likelyUnit(of: value) == nil
  }

  /// Whether the time is too far ahead of the record's own, where it has one.
  private func isFuture(_ nanoseconds: Int64, _ timestamp: Int64) -> Bool {
    guard timestamp >= 0 else { return false }
    let (reference, overflow) = timestamp.multipliedReportingOverflow(by: 1_000_000)
    return !overflow && nanoseconds - reference > maxFuture
  }
}

// MARK: Rejections

extension EventClock {
  private var name: String { pointer?.text ?? "the record's timestamp" }

  @inline(never)
  private func missing(_ field: Field) -> Rejection {
    Rejection(
      .timeMissing, "\(name) is \(field.summary); send the event's time, or correct input.time.path"
    )
  }

  @inline(never)
  private func wrongType(_ field: Field) -> Rejection {
    let wanted = unit == .rfc3339 ? "an RFC 3339 time in a string" : "a number of \(unit.rawValue)"
    var text = "\(name) is \(field.summary), not \(wanted)"
    if let other = hint(field.number) { text += "; \(other)" }
    return Rejection(.timeType, text)
  }

  @inline(never)
  private func wrongFormat(_ field: Field) -> Rejection {
    let characters = DecimalText.trim(field.text)
    var text = "\(name) is \(field.summary), "
    if unit == .rfc3339 {
      text += "no RFC 3339 time of the calendar such as 2026-01-31T08:15:00.5+01:00"
      if let number = DecimalText.number(characters), let other = hint(number) {
        text += "; \(other)"
      }
    } else {
      text += "no number of \(unit.rawValue) since 1970"
      if Timestamp(characters) != nil { text += "; set input.time.unit: rfc3339" }
    }
    return Rejection(.timeFormat, text)
  }

  @inline(never)
  private func outOfRange(_ found: String, _ value: Double?) -> Rejection {
    let kind = unit == .rfc3339 ? "" : " in \(unit.rawValue)"
    var text = "\(name): \(found) is no time\(kind) from 1970-01-02 to 2199"
    if let value, let other = hint(value) {
      text += "; \(other)"
    } else {
      text += "; correct the producer's clock"
    }
    return Rejection(.timeRange, text)
  }

  @inline(never)
  private func future(_ nanoseconds: Int64, _ timestamp: Int64) -> Rejection {
    let stamp = timestamp.multipliedReportingOverflow(by: 1_000_000).partialValue
    return Rejection(
      .timeFuture,
      "\(name) is \(Self.text(nanoseconds)), further ahead of the record's timestamp "
        + "\(Self.text(stamp)) than input.time.max-future; correct the producer's clock")
  }

  /// The unit, other than ours, in which a number is a date between 1990 and 2100.
  private func likelyUnit(of value: Double) -> Definition.Time.Unit? {
    Definition.Time.Unit.allCases.first {
      let seconds = value * Double($0.nanoseconds) / 1e9
      return $0 != unit && $0 != .rfc3339 && seconds >= 631_152_000 && seconds < 4_102_444_800
    }
  }

  /// What the number would be in the unit that it probably has.
  private func hint(_ value: Double) -> String? {
    guard let other = likelyUnit(of: value) else { return nil }
    let seconds = (value * Double(other.nanoseconds) / 1e9).rounded(.down)
    let remedy =
      pointer == nil ? "send milliseconds" : "set input.time.unit: \(other.rawValue)"
    return
      "as \(other.rawValue) it would be \(Self.text(Int64(seconds) * 1_000_000_000)): \(remedy)"
  }

  private static func text(_ nanoseconds: Int64) -> String {
    var buffer = ByteBuffer(capacity: 40)
    buffer.append(rfc3339: nanoseconds)
    return String(bytes: buffer.bytes)
  }
}

extension Definition.Time.Unit {
  /// How many nanoseconds one of the unit is; 1 for text, which has none.
  fileprivate var nanoseconds: Int64 {
    switch self {
    case .seconds: 1_000_000_000
    case .milliseconds: 1_000_000
    case .microseconds: 1000
    case .nanoseconds, .rfc3339: 1
    }
  }
}
