/// The streams of one partition: key bytes → block, by open addressing.
///
/// Looking up a known stream allocates nothing. Streams are numbered in the order in which they
/// first came, and nothing that comes out depends on the table's order.
@safe package struct StreamTable: ~Copyable {
  private var arena: Arena
  /// Slots of the table: a stream's number plus one, or 0 for an empty slot.
  private var slots: [UInt32] = Array(repeating: 0, count: 64)
  /// Hash of each stream's key, by stream.
  private var hashes: [UInt64] = []
  /// End of each stream's key in `keyBytes`, by stream; it starts where the one before ends.
  private var keyEnds: [Int] = []
  private var keyBytes: [UInt8] = []

  package init(blockByteCount: Int) {
    arena = Arena(blockByteCount: blockByteCount)
  }

  /// Streams in the table.
  package var count: Int { arena.count }

  /// Bytes held: blocks, keys and the table itself.
  package var byteCount: Int {
    arena.byteCount + slots.capacity * 4 + hashes.capacity * 8 + keyEnds.capacity * 8
      + keyBytes.capacity
  }

  /// The number of the stream with this key; a new one gets a zeroed block. Amortised O(1).
  package mutating func stream(for key: Span<UInt8>) -> Int {
    let hash = hashBytes(key)
    let found = look(for: key, hash: hash)
    return found.stream ?? insert(key, hash: hash, slot: found.slot)
  }

  /// The number of the stream with this key, if there is one.
  package func find(_ key: Span<UInt8>) -> Int? { look(for: key, hash: hashBytes(key)).stream }

  /// The block of a stream; valid as long as the table lives.
  package func block(of stream: Int) -> UnsafeMutableRawPointer { unsafe arena[stream] }

  /// The key of a stream.
  @_lifetime(borrow self)
  package func key(of stream: Int) -> Span<UInt8> {
    let start = stream == 0 ? 0 : keyEnds[stream - 1]
    return keyBytes.span.extracting(start..<keyEnds[stream])
  }

  /// The stream with this key, or the slot where it would go.
  @inline(__always)
  private func look(for key: Span<UInt8>, hash: UInt64) -> (slot: Int, stream: Int?) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let stream = Int(slots[slot]) - 1
      if hashes[stream] == hash && holds(key, stream) { return (slot, stream) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (slot, nil)
  }

  private func holds(_ key: Span<UInt8>, _ stream: Int) -> Bool {
    let known = self.key(of: stream)
    guard known.count == key.count else { return false }
    for index in key.indices where known[index] != key[index] { return false }
    return true
  }

  private mutating func insert(_ key: Span<UInt8>, hash: UInt64, slot: Int) -> Int {
    let stream = arena.allocate()
    hashes.append(hash)
    for index in key.indices { keyBytes.append(key[index]) }
    keyEnds.append(keyBytes.count)
    slots[slot] = UInt32(stream + 1)
    if arena.count * 4 > slots.count * 3 { grow() }
    return stream
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for stream in hashes.indices {
      var slot = Int(truncatingIfNeeded: hashes[stream]) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(stream + 1)
    }
  }
}

/// A 64-bit hash of bytes: eight at a time, multiplied and folded (the mixing step of wyhash).
///
/// The same on every machine and in every version, since saved models hold it; not meant to
/// withstand keys chosen to collide.
package func hashBytes(_ bytes: Span<UInt8>) -> UInt64 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
  var index = 0
  while index < bytes.count {
    let product = (hash ^ word(of: bytes, at: index)).multipliedFullWidth(
      by: 0xA076_1D64_78BD_642F)
    hash = product.high ^ product.low
    index += 8
  }
  let product = hash.multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
  return product.high ^ product.low
}

/// The eight bytes from `index` as a little-endian number; what is missing at the end is 0.
private func word(of bytes: Span<UInt8>, at index: Int) -> UInt64 {
  if index + 8 <= bytes.count {
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
    return UInt64(littleEndian: word)
  }
  var word: UInt64 = 0
  var shift: UInt64 = 0
  for byte in index..<bytes.count {
    word |= UInt64(bytes[byte]) << shift
    shift += 8
  }
  return word
}
