/// The Secure Hash Algorithm with 256 bits (FIPS 180-4).
enum SHA256 {
  /// The digest of bytes as 64 hexadecimal digits.
  static func hexadecimal(of bytes: [UInt8]) -> String {
    var padded = bytes + [0x80]
    padded += Array(repeating: 0, count: (120 - padded.count % 64) % 64)
    let bits = UInt64(bytes.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    var state = initial
    for start in stride(from: 0, to: padded.count, by: 64) {
      digest(padded[start..<start + 64], into: &state)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func digest(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words = (0..<16).map { index in
      block.dropFirst(4 * index).prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    }
    for t in 16..<64 {
      words.append(
        sigma(words[t - 2], 17, 19, shift: 10) &+ words[t - 7]
          &+ sigma(words[t - 15], 7, 18, shift: 3) &+ words[t - 16])
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for (word, constant) in zip(words, constants) {
      let first =
        h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ (e & f ^ ~e & g) &+ constant
        &+ word
      let second =
        (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  private static func sigma(_ word: UInt32, _ left: UInt32, _ right: UInt32, shift: UInt32)
    -> UInt32
  {
    rotated(word, left) ^ rotated(word, right) ^ word >> shift
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  /// The first 32 bits of the fractions of the square roots of the first 8 primes.
  private static let initial = fractions(count: 8) { $0.squareRoot() }
  /// Those of the cube roots of the first 64.
  private static let constants = fractions(count: 64) { cubeRoot($0) }

  private static func fractions(count: Int, _ root: (Double) -> Double) -> [UInt32] {
    let primes = (2...).lazy.filter { n in !(2..<n).contains { n.isMultiple(of: $0) } }
    return primes.prefix(count).map { prime in
      let root = root(Double(prime))
      return UInt32((root - root.rounded(.down)) * 4_294_967_296)
    }
  }

  /// By Newton's method, to the last bits of a Double.
  private static func cubeRoot(_ number: Double) -> Double {
    var root = number
    for _ in 0..<60 { root -= (root * root * root - number) / (3 * root * root) }
    return root
  }
}
