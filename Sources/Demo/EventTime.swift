/// Times as results carry them: RFC 3339 in UTC.
package enum EventTime {
  /// Milliseconds since 1970 of a time such as `2026-01-05T00:00:00.25Z`, or nil for anything else.
  package static func milliseconds(of text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
      bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), 1...12 ~= month,
      let day = number(bytes[8..<10]), 1...31 ~= day, let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      let fraction = fraction(bytes[19..<(bytes.count - 1)])
    else { return nil }
    let seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    return seconds * 1000 + fraction
  }

  /// Day of the week and time of day, for instance `Mon 14:25`.
  package static func clock(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    let day = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((minutes / 1440) % 7)]
    return "\(day) \(padded(minutes / 60 % 24)):\(padded(minutes % 60))"
  }

  /// A number with at least two digits.
  static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return value
  }

  /// Milliseconds of what stands between the seconds and the Z: nothing, or a point and digits.
  private static func fraction(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let point = bytes.first else { return 0 }
    let digits = bytes.dropFirst()
    guard point == UInt8(ascii: "."), !digits.isEmpty, digits.count <= 9 else { return nil }
    let zeros = Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - digits.count))
    guard number(digits) != nil else { return nil }
    return number((digits + zeros).prefix(3))
  }

  /// Days of the Gregorian calendar since 1 January 1970 (Hinnant, "chrono-compatible low-level
  /// date algorithms").
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
