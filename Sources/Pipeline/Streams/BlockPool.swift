internal import Glibc

/// The blocks of all streams of one worker: zeroed memory of one size that never moves.
///
/// Grows by a chunk at a time, so that growth never copies a model; what is given back is used
/// again. Blocks are 64-byte aligned, and chunks are made of huge pages where the system has them,
/// since streams come in random order.
@safe package final class BlockPool {
  /// Bytes of one block, a multiple of 64.
  package let blockByteCount: Int
  /// The blocks that should be in use at most.
  private(set) var countMax = 1
  /// Bytes of one block and of what belongs to it.
  private let byteCountEach: Int
  /// The blocks that stay in use when room is made.
  var countKept: Int { countMax - max(1, countMax / 16) }
  /// Blocks in use.
  package private(set) var count = 0
  private var chunks: [UnsafeMutableRawPointer] = unsafe []
  /// Blocks given back.
  private var free: [UInt32] = []
  /// Blocks ever handed out.
  private var made = 0

  /// Blocks in a chunk: a power of two, so that finding one is a shift and a mask.
  private static let chunkShift = 12
  private static let chunkMask = (1 << chunkShift) - 1
  /// The size of a huge page less one.
  private static let pageMask = (2 << 20) - 1
  /// What a stream costs beside its block: its key, its entry and its places in queues.
  static let bytesBeside = 160

  /// - Parameters:
  ///   - boardByteCount: what else may come with a block, in another pool.
  ///   - byteCountMax: the memory that blocks and what belongs to them should take at most.
  package init(blockByteCount: Int, boardByteCount: Int = 0, byteCountMax: Int = .max) {
    precondition(blockByteCount > 0 && blockByteCount.isMultiple(of: 64))
    self.blockByteCount = blockByteCount
    byteCountEach = blockByteCount + boardByteCount + Self.bytesBeside
    limit(to: byteCountMax)
  }

  /// Changes the memory that blocks and what belongs to them should take at most; what is in use
  /// stays until room is made, and what was given back stays with the pool.
  func limit(to byteCountMax: Int) { countMax = max(1, byteCountMax / byteCountEach) }

  deinit {
    for index in unsafe chunks.indices { unsafe munmap(chunks[index], chunkByteCount) }
  }

  /// Bytes of all blocks ever handed out; the rest of a chunk takes no memory until it is touched.
  var byteCount: Int { made * blockByteCount }

  /// Hands out a block, all zero, and returns its index.
  func allocate() -> UInt32 {
    count += 1
    if let index = free.popLast() {
      unsafe self[index].initializeMemory(as: UInt8.self, repeating: 0, count: blockByteCount)
      return index
    }
    if made & Self.chunkMask == 0 { unsafe chunks.append(makeChunk()) }
    made += 1
    return UInt32(made - 1)
  }

  /// Bytes of one chunk: whole huge pages.
  private var chunkByteCount: Int {
    (blockByteCount << Self.chunkShift + Self.pageMask) & ~Self.pageMask
  }

  /// Zeroed memory from the system, which it gives page by page as blocks are touched.
  private func makeChunk() -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let size = chunkByteCount + Self.pageMask + 1
    let start = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
    // Where the system refuses memory the process ends, as it does in any allocation of Swift's.
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      preconditionFailure("memory is short for another \(chunkByteCount) bytes of models")
    }
    // Huge pages begin at multiples of their size; what lies before and behind goes back.
    let before = -Int(bitPattern: start) & Self.pageMask
    let chunk = unsafe start + before
    if before > 0 { unsafe munmap(start, before) }
    unsafe munmap(chunk + chunkByteCount, Self.pageMask + 1 - before)
    unsafe madvise(chunk, chunkByteCount, MADV_HUGEPAGE)
    return unsafe chunk
  }

  /// Takes a block back; whoever has its address must forget it.
  func release(_ index: UInt32) {
    count -= 1
    free.append(index)
  }

  /// The block at `index`; valid until it is given back.
  subscript(index: UInt32) -> UnsafeMutableRawPointer {
    let index = Int(index)
    precondition(index < made)
    return unsafe chunks[index >> Self.chunkShift] + (index & Self.chunkMask) * blockByteCount
  }
}
