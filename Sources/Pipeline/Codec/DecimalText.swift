import CSimdJSON

/// Decimal numbers written as text.
enum DecimalText {
  /// A cell's number, spaces around it allowed; nil where it is none. What no double can hold is
  /// infinite.
  static func number(_ text: Span<UInt8>) -> Double? {
    let trimmed = trim(text)
    var value = 0.0
    let isRead = unsafe trimmed.withUnsafeBufferPointer {
      unsafe csimdjson_read_double($0.baseAddress, $0.count, &value)
    }
    if isRead { return value }
    // A number all the same, but one whose exponent no double has.
    let (integer, isNumber) = scaled(trimmed, by: 1)
    guard isNumber else { return nil }
    return integer == nil ? .infinity : 0
  }

  /// The text without the spaces around it.
  @_lifetime(copy text)
  static func trim(_ text: Span<UInt8>) -> Span<UInt8> {
    var start = 0
    var end = text.count
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    return text.extracting(start..<end)
  }

  /// The product of a number and `unit`, rounded towards zero; nil where the text is no number or
  /// the product is past Int64, which `isNumber` then tells apart.
  ///
  /// Exact in the decimals as they are written, which a double's nearest value is not:
  /// 1700000000.123 s are 123,000,000 ns past the second.
  static func scaled(
    _ text: Span<UInt8>, by unit: Int64
  ) -> (value: Int64?, isNumber: Bool) {
    guard let decimal = parse(text) else { return (nil, false) }
    var value = Int128(decimal.digits) * Int128(unit)
    var exponent = decimal.exponent
    while exponent > 0, value != 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return (nil, true) }
      value = product
      exponent -= 1
    }
    while exponent < 0, value != 0 {
      value /= 10
      exponent += 1
    }
    return (Int64(exactly: decimal.isNegative ? -value : value), true)
  }

  private struct Decimal {
    var isNegative = false
    /// The first 28 digits, which times any unit are below Int128's limit.
    var digits: Int128 = 0
    var exponent = 0
  }

  private static let digitsMax: Int128 = 1_000_000_000_000_000_000_000_000_000

  private static func parse(_ text: Span<UInt8>) -> Decimal? {
    var result = Decimal()
    var index = 0
    if !text.isEmpty && text[0] == UInt8(ascii: "-") {
      result.isNegative = true
      index = 1
    }
    var seen = 0
    var afterPoint = false
    while index < text.count {
      let byte = text[index]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        seen += 1
        if result.digits < digitsMax {
          result.digits = result.digits * 10 + Int128(byte - UInt8(ascii: "0"))
          result.exponent -= afterPoint ? 1 : 0
        } else {
          result.exponent += afterPoint ? 0 : 1
        }
      } else if byte == UInt8(ascii: "."), !afterPoint, seen > 0 {
        afterPoint = true
      } else {
        break
      }
      index += 1
    }
    guard seen > 0, text[index - 1] != UInt8(ascii: ".") else { return nil }
    guard index < text.count else { return result }
    guard let exponent = exponent(text, from: index) else { return nil }
    result.exponent += exponent
    return result
  }

  /// `e`, a sign and at most five digits up to the text's end.
  private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard text[start] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = start + 1
    var isNegative = false
    if index < text.count,
      text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
    {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < text.count, text.count - index <= 5 else { return nil }
    var value = 0
    while index < text.count {
      let byte = text[index]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      index += 1
    }
    return isNegative ? -value : value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
