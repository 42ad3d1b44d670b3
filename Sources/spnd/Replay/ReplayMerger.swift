import Glibc
import Pipeline
import Synchronization

/// Results of one chunk of the input, one after the other, each with the offset of its record.
struct ReplayLines {
  /// The offset that a line answers, and where the line ends in `bytes`.
  struct Line {
    var offset: Int64
    var end: Int
    /// Whether it is a health event, which may be of another stream than its record.
    var isHealth: Bool
  }

  var bytes: [UInt8] = []
  var lines: [Line] = []

  /// Where a line lies in `bytes`.
  func range(of line: Int) -> Range<Int> {
    (line == 0 ? 0 : lines[line - 1].end)..<lines[line].end
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }
}

/// Brings the results of several workers back into the order of the input.
///
/// All workers go through the file in the same chunks and meet after each. The last to come writes
/// the chunk's results by offset while the others wait, so that no more than one chunk is ever
/// held.
final class ReplayMerger: Sendable {
  private struct State {
    var parts: [ReplayLines]
    var merged: [UInt8] = []
    var failure: PipelineError?
  }

  private let write: @Sendable ([UInt8]) -> PipelineError?
  private let state: Mutex<State>
  private let barrier: Barrier

  /// - Parameter write: writes one chunk's results; called by one thread at a time, in the order of
  ///   the chunks.
  init(workers: Int, write: @escaping @Sendable ([UInt8]) -> PipelineError?) {
    self.write = write
    state = Mutex(State(parts: Array(repeating: ReplayLines(), count: workers)))
    barrier = Barrier(count: workers)
  }

  /// Hands in one worker's results of a chunk and waits until all of the chunk is written.
  func finish(_ lines: inout ReplayLines, worker: Int) throws(PipelineError) {
    state.withLock { swap(&$0.parts[worker], &lines) }
    if barrier.wait() { state.withLock { merge(&$0) } }
    _ = barrier.wait()
    lines.removeAll()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Health events of a record come after its other results, in the order of their bytes: which
  /// worker they are from depends on how many there are.
  private func merge(_ state: inout State) {
    state.merged.removeAll(keepingCapacity: true)
    var next = Array(repeating: 0, count: state.parts.count)
    var health: [ArraySlice<UInt8>] = []
    while let offset = earliest(state.parts, next) {
      for (worker, part) in state.parts.enumerated() {
        while next[worker] < part.lines.count, part.lines[next[worker]].offset == offset {
          let bytes = part.bytes[part.range(of: next[worker])]
          if part.lines[next[worker]].isHealth {
            health.append(bytes)
          } else {
            state.merged += bytes
          }
          next[worker] += 1
        }
      }
      if health.count > 1 { health.sort { $0.lexicographicallyPrecedes($1) } }
      for bytes in health { state.merged += bytes }
      health.removeAll(keepingCapacity: true)
    }
    for worker in state.parts.indices { state.parts[worker].removeAll() }
    if !state.merged.isEmpty, state.failure == nil { state.failure = write(state.merged) }
  }

  /// The earliest record that a next line answers.
  private func earliest(_ parts: [ReplayLines], _ next: [Int]) -> Int64? {
    parts.indices.lazy.filter { next[$0] < parts[$0].lines.count }
      .map { parts[$0].lines[next[$0]].offset }.min()
  }
}

/// A place where a number of threads wait for each other.
@safe private final class Barrier: Sendable {
  // The threads share it by design: waiting is what pthread_barrier_t is for.
  private nonisolated(unsafe) let barrier: UnsafeMutablePointer<pthread_barrier_t>

  init(count: Int) {
    unsafe barrier = .allocate(capacity: 1)
    unsafe pthread_barrier_init(barrier, nil, UInt32(count))
  }

  deinit {
    unsafe pthread_barrier_destroy(barrier)
    unsafe barrier.deallocate()
  }

  /// Waits for all; true for one of them.
  func wait() -> Bool { unsafe pthread_barrier_wait(barrier) == PTHREAD_BARRIER_SERIAL_THREAD }
}
