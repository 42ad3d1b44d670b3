/// Fixed-size blocks of zeroed memory, one a stream, that never move.
///
/// Grows by a chunk at a time, so that growth never copies a model. Blocks are 64-byte aligned.
@safe struct Arena: ~Copyable {
  /// Bytes of one block, a multiple of 64.
  let blockByteCount: Int
  /// Blocks handed out so far.
  private(set) var count = 0
  private var chunks: [UnsafeMutableRawPointer] = unsafe []

  /// Blocks in a chunk: a power of two, so that finding one is a shift and a mask.
  private static let chunkShift = 8
  private static let chunkMask = (1 << chunkShift) - 1

  init(blockByteCount: Int) {
    precondition(blockByteCount > 0 && blockByteCount.isMultiple(of: 64))
    self.blockByteCount = blockByteCount
  }

  deinit {
    for index in unsafe chunks.indices { unsafe chunks[index].deallocate() }
  }

  /// Bytes that the arena holds from the system.
  var byteCount: Int { unsafe chunks.count << Self.chunkShift * blockByteCount }

  /// Hands out a new block, all zero, and returns its index.
  mutating func allocate() -> Int {
    if count & Self.chunkMask == 0 {
      let bytes = blockByteCount << Self.chunkShift
      let chunk = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      unsafe chunk.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      unsafe chunks.append(chunk)
    }
    count += 1
    return count - 1
  }

  /// The block at `index`; valid as long as the arena lives.
  subscript(index: Int) -> UnsafeMutableRawPointer {
    precondition(index < count)
    return unsafe chunks[index >> Self.chunkShift] + (index & Self.chunkMask) * blockByteCount
  }
}
