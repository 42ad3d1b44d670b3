/// A time as RFC 3339 writes it, read but not yet brought to UTC.
///
/// Beyond the RFC a space may stand for the `T`, the offset may be missing or be written `+hhmm` or
/// `+hh`, and digits of the second past the ninth are dropped.
struct Timestamp: Equatable {
  /// Seconds since 1970 on the clock that the text shows; a leap second counts as the second after
  /// it.
  var seconds: Int64
  /// The fraction of the second, 0 to 999,999,999.
  var nanoseconds: Int64 = 0
  /// Seconds that the clock is ahead of UTC; nil where the text does not say.
  var offset: Int64?
  /// Whether the second is 60, which only the last one of a day in UTC may be.
  var isLeapSecond: Bool

  /// Reads a time that takes up the whole text; nil where it is none, or the calendar does not have
  /// it.
  init?(_ text: Span<UInt8>) {
    var cursor = Cursor(text)
    guard let year = cursor.digits(4), cursor.skip("-"), let month = cursor.digits(2),
      cursor.skip("-"), let day = cursor.digits(2),
      cursor.skip("T") || cursor.skip("t") || cursor.skip(" "),
      let hour = cursor.digits(2), cursor.skip(":"), let minute = cursor.digits(2),
      cursor.skip(":"), let second = cursor.digits(2)
    else { return nil }
    isLeapSecond = second == 60
    var time = CivilTime(year: year, month: month, day: day)
    time.hour = hour
    time.minute = minute
    time.second = isLeapSecond ? 59 : second
    guard time.isValid else { return nil }
    seconds = time.seconds + (isLeapSecond ? 1 : 0)
    if cursor.skip(".") {
      guard let fraction = cursor.fraction() else { return nil }
      nanoseconds = fraction
    }
    guard !cursor.isAtEnd else { return }
    guard let offset = cursor.offset(), cursor.isAtEnd else { return nil }
    self.offset = offset
  }

  /// A place in the text.
  private struct Cursor: ~Escapable {
    private let text: Span<UInt8>
    private var index = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func digit() -> Int64? {
      guard index < text.count else { return nil }
      let value = text[index] &- UInt8(ascii: "0")
      guard value < 10 else { return nil }
      index += 1
      return Int64(value)
    }

    mutating func digits(_ count: Int) -> Int64? {
      var value: Int64 = 0
      for _ in 0..<count {
        guard let digit = digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    /// At least one digit, in nanoseconds.
    mutating func fraction() -> Int64? {
      guard let first = digit() else { return nil }
      var value = first * 100_000_000
      var unit: Int64 = 10_000_000
      while let digit = digit() {
        value += digit * unit
        unit /= 10
      }
      return value
    }

    /// `Z`, `±hh:mm`, `±hhmm` or `±hh`, in seconds.
    mutating func offset() -> Int64? {
      if skip("Z") || skip("z") { return 0 }
      let isNegative = skip("-")
      guard isNegative || skip("+"), let hours = digits(2), hours < 24 else { return nil }
      var seconds = hours * 3600
      if !isAtEnd {
        _ = skip(":")
        guard let minutes = digits(2), minutes < 60 else { return nil }
        seconds += minutes * 60
      }
      return isNegative ? -seconds : seconds
    }
  }
}
