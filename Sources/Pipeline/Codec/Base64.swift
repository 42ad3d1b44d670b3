/// Bytes as text: the alphabet of RFC 4648, section 4, with padding.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// Each byte's place in the alphabet; 64 of all others.
  private static let places: [UInt8] = {
    var places = [UInt8](repeating: 64, count: 256)
    for (place, byte) in alphabet.enumerated() { places[Int(byte)] = UInt8(place) }
    return places
  }()

  /// The text of some bytes.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let three = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in three { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - three.count))
      for place in 0..<4 {
        let index = Int(bits >> UInt32(18 - 6 * place) & 63)
        text.append(place <= three.count ? alphabet[index] : padding)
      }
    }
    return text
  }

  /// The bytes of a text; nil where it is none that `encode` writes.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    var count = text.count
    while count > max(0, text.count - 2), text[count - 1] == padding { count -= 1 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count / 4 * 3 + 2)
    var bits: UInt32 = 0
    for index in 0..<count {
      let place = places[Int(text[index])]
      guard place < 64 else { return nil }
      bits = bits << 6 | UInt32(place)
      // The bits that make no whole byte yet.
      let left = (6 * (index + 1)) % 8
      guard index % 4 != 0 else { continue }
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(left)))
    }
    let unused = (6 * count) % 8
    guard count % 4 != 1, bits & (1 << UInt32(unused) - 1) == 0 else { return nil }
    return bytes
  }
}
