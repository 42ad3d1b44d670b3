/// A 64-bit hash of bytes: eight at a time, multiplied and folded (the mixing step of wyhash).
///
/// The same on every machine and in every version, since saved models hold it; not meant to
/// withstand keys chosen to collide.
package func hashBytes(_ bytes: Span<UInt8>) -> UInt64 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
  var index = 0
  while index < bytes.count {
    hash = folded(hash ^ word(of: bytes, at: index))
    index += 8
  }
  return folded(hash, by: 0xE703_7ED1_A0B4_28DB)
}

/// Whether two spans hold the same bytes, eight compared at a time.
func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  var index = 0
  while index < left.count {
    guard word(of: left, at: index) == word(of: right, at: index) else { return false }
    index += 8
  }
  return true
}

/// A number multiplied and folded: each bit of it changes about half of those that come out.
@inline(__always)
func folded(_ number: UInt64, by factor: UInt64 = 0xA076_1D64_78BD_642F) -> UInt64 {
  let product = number.multipliedFullWidth(by: factor)
  return product.high ^ product.low
}

/// The eight bytes from `index` as a little-endian number; what is missing at the end is 0.
@inline(__always)
private func word(of bytes: Span<UInt8>, at index: Int) -> UInt64 {
  if bytes.count >= 8 {
    // What is missing at the end is shifted in behind the last eight.
    let start = min(index, bytes.count - 8)
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
    return UInt64(littleEndian: word) >> UInt64(8 * (index - start))
  }
  var word: UInt64 = 0
  var shift: UInt64 = 0
  for byte in index..<bytes.count {
    word |= UInt64(bytes[byte]) << shift
    shift += 8
  }
  return word
}
