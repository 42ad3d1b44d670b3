internal import CProcessor

/// Brings one stream's block near, a part at a time, while another's model computes.
///
/// All of it at once would fill the processor's queue of loads, and the computing would wait. Where
/// the block lies has to be looked up first, and each step of that may miss the caches as well:
/// each asks for what the one after reads.
@safe package struct Prefetch {
  fileprivate var step: Step
  /// Where the block and its key are, as far as that is known.
  fileprivate var hash: UInt64 = 0
  fileprivate var slot = 0
  fileprivate var next: UnsafeRawPointer?
  fileprivate var bytesLeft = 0

  fileprivate enum Step {
    case slot, entry, block, done
  }

  /// Bytes of one part: fewer lines than a core can wait for at a time (16 at most, and some are
  /// the model's own), so that asking does not wait itself.
  fileprivate static let partBytes = 12 * 64

  /// Nothing to bring.
  package init() { step = .done }

  fileprivate init(_ step: Step) { self.step = step }
}

extension StreamTable {
  /// What brings the block of a stream near that may not be known yet.
  ///
  /// - Parameter hash: of the stream's key.
  package func prefetch(hash: UInt64) -> Prefetch {
    var prefetch = Prefetch(.slot)
    prefetch.hash = hash
    prefetch.slot = Int(truncatingIfNeeded: prefetch.hash) & (slots.count - 1)
    Self.ask(for: slots.span, at: prefetch.slot)
    return prefetch
  }

  /// The same of a stream that is known by its number.
  package func prefetch(_ stream: Int) -> Prefetch {
    var prefetch = Prefetch(.block)
    aim(&prefetch, at: stream)
    return prefetch
  }

  /// Takes the next step.
  package func advance(_ prefetch: inout Prefetch) {
    switch prefetch.step {
    case .slot: ask(forEntryOf: &prefetch)
    case .entry:
      let stream = Int(slots[prefetch.slot]) - 1
      // The table may have grown since.
      guard stream >= 0 else { return prefetch.step = .done }
      guard entries[stream].hash == prefetch.hash else {
        prefetch.slot = (prefetch.slot + 1) & (slots.count - 1)
        return ask(forEntryOf: &prefetch)
      }
      Self.ask(for: key(of: stream), at: 0)
      aim(&prefetch, at: stream)
    case .block:
      guard prefetch.bytesLeft >= Prefetch.partBytes else { return finish(&prefetch) }
      ask(for: Prefetch.partBytes, of: &prefetch)
    case .done: break
    }
  }

  /// Asks for all that is left of a block.
  package func finish(_ prefetch: inout Prefetch) {
    while prefetch.step == .slot || prefetch.step == .entry { advance(&prefetch) }
    ask(for: prefetch.bytesLeft, of: &prefetch)
  }

  private func ask(forEntryOf prefetch: inout Prefetch) {
    let number = slots[prefetch.slot]
    prefetch.step = number == 0 ? .done : .entry
    if number > 0 { Self.ask(for: entries.span, at: Int(number) - 1) }
  }

  private func aim(_ prefetch: inout Prefetch, at stream: Int) {
    prefetch.step = .block
    unsafe prefetch.next = UnsafeRawPointer(block(of: stream))
    prefetch.bytesLeft = pool.blockByteCount
  }

  private func ask(for bytes: Int, of prefetch: inout Prefetch) {
    guard bytes > 0, let start = unsafe prefetch.next else { return prefetch.step = .done }
    unsafe spnd_prefetch(start, bytes)
    unsafe prefetch.next = start + bytes
    prefetch.bytesLeft -= bytes
  }

  private static func ask<Element: BitwiseCopyable>(for elements: Span<Element>, at index: Int) {
    guard index < elements.count else { return }
    unsafe elements.extracting(index...index).withUnsafeBytes {
      if let start = $0.baseAddress { unsafe spnd_prefetch(start, $0.count) }
    }
  }
}
