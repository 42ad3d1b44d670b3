internal import CMicroHTTPD
internal import Pipeline
internal import Synchronization

/// One client of `GET /v1/models`: all models, a page after the other, as fast as it takes them.
///
/// A page is asked for when the one before is sent, so that there is never more than one. Where the
/// workers cannot go on, the connection is closed before the reply's end, which clients notice.
final class ModelStream: Stream {
  private struct State {
    /// The page to ask for next, and the partitions after its; nil at the end.
    var request: ModelPage.Request?
    var partitions: ArraySlice<TopicPartition>
    /// Models that are not written yet, and the line that is being sent.
    var models: ArraySlice<ArchivedModel> = []
    var line: ArraySlice<UInt8> = []
    /// Until when, by the monotonic clock, the workers may take; nil where they are not asked.
    var deadline: UInt64?
    var isBroken = false
  }

  /// How long a page may take, in nanoseconds.
  private static let pageLimit: UInt64 = 30_000_000_000

  unowned let host: Host
  private let pipeline: Observatory
  private let connection: UInt
  private let state: Mutex<State>

  /// - Parameter partitions: whose models are sent, in this order.
  init(
    _ pipeline: Observatory, _ partitions: [TopicPartition], of host: Host,
    on connection: OpaquePointer
  ) {
    self.host = host
    self.pipeline = pipeline
    self.connection = UInt(bitPattern: connection)
    state = Mutex(
      State(
        request: partitions.first.map { ModelPage.Request(of: $0) },
        partitions: partitions.dropFirst()))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, now: UInt64) -> StreamPart {
    var wanted: ModelPage.Request?
    let part = state.withLock { state -> StreamPart in
      if state.isBroken { return .broken }
      if state.line.isEmpty, let model = state.models.popFirst() {
        var writer = JSONWriter(capacity: 2 * model.form.count)
        model.write(into: &writer)
        state.line = writer.copy()[...]
      }
      guard state.line.isEmpty else {
        let count = min(buffer.count, state.line.count)
        unsafe buffer.copyBytes(from: state.line.prefix(count))
        state.line = state.line.dropFirst(count)
        return .bytes(count)
      }
      guard let request = state.request else { return .end }
      unsafe MHD_suspend_connection(OpaquePointer(bitPattern: connection))
      state.deadline = now &+ Self.pageLimit
      wanted = request
      return .bytes(0)
    }
    if let wanted { pipeline.ask(.page(wanted)) { [self] in take($0) } }
    return part
  }

  /// Gives up where the workers take too long.
  func wake(now: UInt64) {
    state.withLock { state in
      guard let deadline = state.deadline, now >= deadline else { return }
      breakOff(&state)
    }
  }

  func end() { state.withLock { breakOff(&$0) } }

  private func take(_ answers: [Question.Answer]) {
    state.withLock { state in
      // It was given up meanwhile.
      guard state.deadline != nil else { return }
      for case .page(let page) in answers {
        state.models = page.models[...]
        state.request = page.next ?? state.partitions.popFirst().map { ModelPage.Request(of: $0) }
        return resume(&state)
      }
      breakOff(&state)
    }
  }

  private func breakOff(_ state: inout State) {
    state.isBroken = true
    if state.deadline != nil { resume(&state) }
  }

  private func resume(_ state: inout State) {
    state.deadline = nil
    unsafe MHD_resume_connection(OpaquePointer(bitPattern: connection))
  }
}
