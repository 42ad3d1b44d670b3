internal import CSimdJSON

/// Numbers as text.
///
/// Most numbers that are written have few digits: what sensors send, and what is told of them. Their
/// digits are found by integer arithmetic; all others are left to the C++ library.
extension ByteBuffer {
  /// The most bytes that a number's text has.
  static let numberBytesMax = Int(CSIMDJSON_NUMBER_BYTES_MAX)

  /// Adds a number as the shortest text that reads back the same; false, and nothing added, where
  /// it is not finite.
  package mutating func append(number: Double) -> Bool {
    let millionths = (number.magnitude * 1e6).rounded()
    // No two texts of 15 digits or fewer read back as one double, so this one's is the shortest.
    if Decimal.holds(millionths), millionths / 1e6 == number.magnitude {
      append(millionths, isNegative: number < 0)
      return true
    }
    let before = count
    unsafe append(upTo: Self.numberBytesMax) { unsafe csimdjson_format_double(number, $0) }
    return count > before
  }

  /// The same for single precision, which needs fewer digits.
  package mutating func append(number: Float) -> Bool {
    let magnitude = Double(number.magnitude)
    let isSmall = magnitude < 1
    let units = (magnitude * (isSmall ? 1e6 : 1e4)).rounded()
    let millionths = isSmall ? units : units * 100
    // As above: of six digits or fewer.
    if units < 1e6, Decimal.holds(millionths), Float(millionths / 1e6) == number.magnitude {
      append(millionths, isNegative: number < 0)
      return true
    }
    let before = count
    unsafe append(upTo: Self.numberBytesMax) { unsafe csimdjson_format_float(number, $0) }
    return count > before
  }

  /// Adds an integer in decimal.
  package mutating func append(integer: Int64) {
    guard integer < 0 || integer >= Decimal.limit else {
      return unsafe append(upTo: 8) {
        unsafe Decimal.write(UInt32(truncatingIfNeeded: integer), $0)
      }
    }
    unsafe append(upTo: Self.numberBytesMax) { unsafe csimdjson_format_int64(integer, $0) }
  }

  /// Adds an integer past Int64's range in decimal.
  package mutating func append(integer: UInt64) {
    unsafe append(upTo: Self.numberBytesMax) { unsafe csimdjson_format_uint64(integer, $0) }
  }

  /// Adds a count of millionths as a decimal number.
  @inline(__always)
  private mutating func append(_ millionths: Double, isNegative: Bool) {
    unsafe append(upTo: Self.numberBytesMax) { place in
      unsafe Decimal.write(UInt64(millionths), isNegative: isNegative, place)
    }
  }
}

/// Decimal digits, eight at a time in one register.
enum Decimal {
  /// Integers below this have at most eight digits.
  static let limit: Int64 = 100_000_000

  /// Whether the text of so many millionths is the shortest one: further away, one with an exponent
  /// may be.
  @inline(__always)
  static func holds(_ millionths: Double) -> Bool { millionths >= 1e3 && millionths < 1e11 }

  /// The eight digits of an integer below `limit`, one a byte, the first one lowest.
  ///
  /// Halves, quarters and eighths of the number are split at once: a product with a rounded
  /// reciprocal is a division by 100, and by 10.
  @inline(__always)
  static func digits(_ integer: UInt32) -> UInt64 {
    let fours = UInt64(integer / 10_000) | UInt64(integer % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x7F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0xF_000F_000F_000F
    return tens | (twos &- tens &* 10) << 8
  }

  /// Zero as a digit's text, eight times.
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// Writes an integer below `limit` at a place with room for eight bytes, and returns how many it
  /// has.
  @inline(__always)
  static func write(_ integer: UInt32, _ place: UnsafeMutableRawPointer) -> Int {
    let digits = digits(integer)
    let skipped = min(7, digits.trailingZeroBitCount >> 3)
    unsafe place.storeBytes(of: (digits | zeros) >> UInt64(8 * skipped), as: UInt64.self)
    return 8 &- skipped
  }

  /// Writes a fraction of so many hundred-millionths, without the zeros at its end, at a place with
  /// room for eight bytes, and returns how many it has; none for zero.
  @inline(__always)
  static func write(fraction: UInt32, _ place: UnsafeMutableRawPointer) -> Int {
    let digits = digits(fraction)
    unsafe place.storeBytes(of: digits | zeros, as: UInt64.self)
    return 8 &- digits.leadingZeroBitCount >> 3
  }

  /// Writes a number of millionths below `limit` whole ones, and returns how many bytes it has.
  @inline(__always)
  static func write(
    _ millionths: UInt64, isNegative: Bool, _ place: UnsafeMutableRawPointer
  ) -> Int {
    unsafe place.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    var length = isNegative ? 1 : 0
    let whole = UInt32(truncatingIfNeeded: millionths / 1_000_000)
    length &+= unsafe write(whole, place + length)
    unsafe (place + length).storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    let fraction = UInt32(truncatingIfNeeded: millionths % 1_000_000) &* 100
    let decimals = unsafe write(fraction: fraction, place + length + 1)
    return decimals == 0 ? length : length &+ 1 &+ decimals
  }
}
