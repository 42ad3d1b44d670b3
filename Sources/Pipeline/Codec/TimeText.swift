/// Writes times as RFC 3339 in UTC, and remembers the day that it wrote last: the next time is mostly
/// of the same.
struct TimeText {
  private var day = Int64.min
  /// `2026-11-28T` in the first eleven of sixteen bytes.
  private var date: (UInt64, UInt64) = (0, 0)

  /// Adds a time, in nanoseconds since 1970, with the digits of the second that it needs.
  @inline(__always)
  mutating func append(_ nanoseconds: Int64, to buffer: inout ByteBuffer) {
    let seconds = Self.floor(nanoseconds, 1_000_000_000)
    let fraction = UInt32(truncatingIfNeeded: nanoseconds &- seconds &* 1_000_000_000)
    let today = Self.floor(seconds, CivilTime.secondsPerDay)
    if today != day { turn(to: today) }
    let rest = UInt32(truncatingIfNeeded: seconds &- today &* CivilTime.secondsPerDay)
    unsafe buffer.append(upTo: 32) { place in
      unsafe place.storeBytes(of: date.0, as: UInt64.self)
      unsafe (place + 8).storeBytes(of: date.1, as: UInt64.self)
      unsafe (place + 11).storeBytes(of: Self.clock(rest), as: UInt64.self)
      var length = 19
      if fraction > 0 { length &+= unsafe Self.write(fraction: fraction, place + 19) }
      unsafe (place + length).storeBytes(of: UInt8(ascii: "Z"), as: UInt8.self)
      return length &+ 1
    }
  }

  @inline(never)
  private mutating func turn(to today: Int64) {
    day = today
    let civil = CivilTime(seconds: today * CivilTime.secondsPerDay)
    // Years past 9999, or before 0, are no times in nanoseconds.
    let number = UInt32(civil.year) * 10_000 + UInt32(civil.month) * 100 + UInt32(civil.day)
    let digits = Decimal.digits(number) | Decimal.zeros
    let dash = UInt64(UInt8(ascii: "-"))
    date.0 = digits & 0xFFFF_FFFF | dash << 32 | (digits >> 32 & 0xFFFF) << 40 | dash << 56
    date.1 = digits >> 48 | UInt64(UInt8(ascii: "T")) << 16
  }

  /// `hh:mm:ss` of a second of the day, the first byte lowest.
  @inline(__always)
  private static func clock(_ second: UInt32) -> UInt64 {
    let minutes = second / 60
    let pairs = UInt64(minutes / 60) | UInt64(minutes % 60) << 24 | UInt64(second % 60) << 48
    // As `Decimal.digits` does it.
    let tens = (pairs &* 103) >> 10 & 0xF_0000_0F00_000F
    let digits = tens | (pairs &- tens &* 10) << 8
    return digits | 0x3030_3A30_303A_3030
  }

  /// Writes a point and the digits of a part of a second, in nanoseconds, without zeros at the end.
  @inline(__always)
  private static func write(fraction: UInt32, _ place: UnsafeMutableRawPointer) -> Int {
    unsafe place.storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    let length = unsafe Decimal.write(fraction: fraction / 10, place + 1)
    let last = UInt8(truncatingIfNeeded: fraction % 10)
    guard last > 0 else { return 1 &+ length }
    unsafe (place + 9).storeBytes(of: UInt8(ascii: "0") + last, as: UInt8.self)
    return 10
  }

  @inline(__always)
  private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
    value >= 0 ? value / unit : (value &+ 1) / unit &- 1
  }
}

extension ByteBuffer {
  /// Adds a time, in nanoseconds since 1970, as RFC 3339 in UTC with the digits of the second that
  /// it needs.
  package mutating func append(rfc3339 nanoseconds: Int64) {
    var text = TimeText()
    text.append(nanoseconds, to: &self)
  }
}
