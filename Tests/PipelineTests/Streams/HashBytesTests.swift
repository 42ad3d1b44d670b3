import Pipeline
import Testing

/// Saved models hold hashes of keys, so a hash is the same for ever.
@Suite struct HashBytesTests {
  @Test func aHashFoldsTheLittleEndianWordsOfItsBytes() {
    let text = Array("site-3/line-07/temperature~sensor-000123456789".utf8)
    for count in 0...text.count {
      let bytes = Array(text[..<count])
      #expect(hashBytes(bytes.span) == hash(bytes), "\(count) bytes")
    }
  }

  @Test func aHashIsThatOfEarlierVersions() {
    #expect(hashBytes(Array("site-3/line-07".utf8).span) == 0x766D_DEF3_30A4_6CCA)
  }

  /// The same by bytes.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    for start in stride(from: 0, to: bytes.count, by: 8) {
      let part = bytes[start..<min(start + 8, bytes.count)]
      let word = part.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      hash = folded(hash ^ word, by: 0xA076_1D64_78BD_642F)
    }
    return folded(hash, by: 0xE703_7ED1_A0B4_28DB)
  }

  private func folded(_ number: UInt64, by factor: UInt64) -> UInt64 {
    let product = number.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}
