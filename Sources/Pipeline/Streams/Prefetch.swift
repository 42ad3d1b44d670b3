internal import CProcessor

/// Brings one stream's block near, a part at a time, while another's model computes.
///
/// All of it at once would fill the processor's queue of loads, and the computing would wait.
@safe package struct Prefetch {
  private var next: UnsafeRawPointer?
  private var bytesLeft = 0

  /// Bytes of one part: fewer lines than a core's second cache can wait for at a time.
  private static let partBytes = 24 * 64

  /// Nothing to bring.
  package init() {}

  /// All of a block that stays where it is.
  @unsafe
  init(_ block: UnsafeRawPointer, byteCount: Int) {
    unsafe next = block
    bytesLeft = byteCount
  }

  /// Asks for the next part.
  package mutating func advance() { ask(for: min(bytesLeft, Self.partBytes)) }

  /// Asks for all that is left.
  package mutating func finish() { ask(for: bytesLeft) }

  private mutating func ask(for bytes: Int) {
    guard bytes > 0, let start = unsafe next else { return }
    unsafe spnd_prefetch(start, bytes)
    unsafe next = start + bytes
    bytesLeft -= bytes
  }
}
