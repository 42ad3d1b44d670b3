/// JSON's string escapes (RFC 8259) over bytes that need not be UTF-8.
enum JSONText {
  /// Adds `text` as a quoted string; each maximal part that is not UTF-8 becomes one U+FFFD.
  static func append(_ text: Span<UInt8>, to buffer: inout ByteBuffer) {
    buffer.append(UInt8(ascii: "\""))
    var plain = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      if isPlain(byte) {
        index += 1
        continue
      }
      buffer.append(text.extracting(plain..<index))
      index =
        byte < 0x80 ? escape(byte, at: index, to: &buffer) : copy(text, at: index, to: &buffer)
      plain = index
    }
    buffer.append(text.extracting(plain..<index))
    buffer.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Adds one ASCII byte, escaped, and returns the index after it.
  private static func escape(_ byte: UInt8, at index: Int, to buffer: inout ByteBuffer) -> Int {
    switch byte {
    case UInt8(ascii: "\""): buffer.append(#"\""#)
    case UInt8(ascii: "\\"): buffer.append(#"\\"#)
    case 0x0A: buffer.append(#"\n"#)
    case 0x0D: buffer.append(#"\r"#)
    case 0x09: buffer.append(#"\t"#)
    default:
      buffer.append(#"\u00"#)
      buffer.append(hexDigit(byte >> 4))
      buffer.append(hexDigit(byte & 15))
    }
    return index + 1
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// Adds one scalar past ASCII, or U+FFFD for what is none, and returns the index after it.
  private static func copy(
    _ text: Span<UInt8>, at index: Int, to buffer: inout ByteBuffer
  ) -> Int {
    let (length, isValid) = scalar(in: text, at: index)
    if isValid {
      buffer.append(text.extracting(index..<index + length))
    } else {
      buffer.append("\u{FFFD}")
    }
    return index + length
  }

  /// The bytes that belong together from `index` on, which is past ASCII: a scalar, or the longest
  /// beginning of one.
  ///
  /// Source: the Unicode standard, table 3-7 and "U+FFFD substitution of maximal subparts".
  static func scalar(in text: Span<UInt8>, at index: Int) -> (length: Int, isValid: Bool) {
    let lead = text[index]
    let (continuations, low, high): (Int, UInt8, UInt8) =
      switch lead {
      case 0xC2...0xDF: (1, 0x80, 0xBF)
      case 0xE0: (2, 0xA0, 0xBF)
      case 0xED: (2, 0x80, 0x9F)
      case 0xE1...0xEF: (2, 0x80, 0xBF)
      case 0xF0: (3, 0x90, 0xBF)
      case 0xF1...0xF3: (3, 0x80, 0xBF)
      case 0xF4: (3, 0x80, 0x8F)
      default: (0, 0, 0)
      }
    guard continuations > 0 else { return (1, false) }
    for step in 1...continuations {
      let range = step == 1 ? low...high : 0x80...0xBF
      guard index + step < text.count, range.contains(text[index + step]) else {
        return (step, false)
      }
    }
    return (continuations + 1, true)
  }
}
