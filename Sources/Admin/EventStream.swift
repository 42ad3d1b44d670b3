internal import CMicroHTTPD
internal import Pipeline
internal import Synchronization

/// One client of `/v1/events`: anomalies, drifts and changes of data health as they are committed.
///
/// Server-sent events (WHATWG HTML, 9.2). An event's id is when the process began and how far each
/// pipeline was, so that a client that comes back goes on where it was, and begins anew with a
/// process that was started since.
final class EventStream: Stream {
  private struct State {
    /// The last notice sent, by pipeline.
    var positions: [Int64]
    /// What is written and not sent yet.
    var pending: [UInt8] = []
    /// When something was last sent, in nanoseconds of the monotonic clock.
    var sent: UInt64
    var isSuspended = false
    var isEnded = false
  }

  /// After so many nanoseconds of silence a comment tells that the connection lives.
  private static let keepAlive: UInt64 = 10_000_000_000

  unowned let host: Host
  private let pipelines: [Observatory]
  private let connection: UInt
  private let state: Mutex<State>

  /// - Parameter id: of the last event that the client has seen; empty for all that are kept.
  init(
    _ pipelines: [Observatory], of host: Host, on connection: OpaquePointer, after id: String,
    now: UInt64
  ) {
    self.host = host
    self.pipelines = pipelines
    self.connection = UInt(bitPattern: connection)
    let parts = id.split(separator: "-").map { Int64($0) ?? 0 }
    let isOurs = parts.count == pipelines.count + 1 && parts.first == pipelines.first?.started
    let positions = isOurs ? Array(parts.dropFirst()) : pipelines.map { _ in 0 }
    state = Mutex(State(positions: positions, pending: Array(": spnd\n\n".utf8), sent: now))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, now: UInt64) -> StreamPart {
    state.withLock { state in
      if state.isEnded { return .end }
      if state.pending.isEmpty { gather(&state, now: now) }
      guard !state.pending.isEmpty else {
        unsafe MHD_suspend_connection(OpaquePointer(bitPattern: connection))
        state.isSuspended = true
        return .bytes(0)
      }
      let count = min(buffer.count, state.pending.count)
      unsafe buffer.copyBytes(from: state.pending[..<count])
      state.pending.removeFirst(count)
      state.sent = now
      return .bytes(count)
    }
  }

  func wake(now: UInt64) {
    state.withLock { state in
      guard state.isSuspended else { return }
      let isNews = zip(pipelines, state.positions).contains { $0.lastSequence > $1 }
      guard isNews || now &- state.sent >= Self.keepAlive else { return }
      resume(&state)
    }
  }

  func end() {
    state.withLock { state in
      state.isEnded = true
      if state.isSuspended { resume(&state) }
    }
  }

  private func resume(_ state: inout State) {
    state.isSuspended = false
    unsafe MHD_resume_connection(OpaquePointer(bitPattern: connection))
  }

  private func gather(_ state: inout State, now: UInt64) {
    for (index, pipeline) in pipelines.enumerated() {
      for notice in pipeline.notices(after: state.positions[index]) {
        state.positions[index] = notice.sequence
        let started = pipelines.first?.started ?? 0
        let id = ([started] + state.positions).map(String.init).joined(separator: "-")
        let head = "id: \(id)\nevent: \(notice.output)\ndata: {\"pipeline\":"
        state.pending += Array(head.utf8)
        state.pending += Array("\"\(pipeline.definition.pipeline)\",".utf8)
        state.pending += Array("\"seen\":\(notice.published),\"event\":".utf8)
        state.pending += notice.json + Array("}\n\n".utf8)
      }
    }
    if state.pending.isEmpty, now &- state.sent >= Self.keepAlive {
      state.pending = Array(": alive\n\n".utf8)
    }
  }
}
