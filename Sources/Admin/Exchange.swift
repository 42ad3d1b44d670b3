internal import CMicroHTTPD
internal import Synchronization

/// One request and its reply, which may take until the workers have answered.
///
/// Alive from the request's headers to the end of its reply; libmicrohttpd holds it meanwhile.
final class Exchange: Sendable {
  private enum State {
    case fresh
    /// Suspended until there is a reply, or until the time, of the monotonic clock, is over.
    case waiting(until: UInt64)
    case answered(Reply)
  }

  let request: Request
  /// The connection's address; used for resuming alone, once, while it is suspended and therefore
  /// alive.
  private let connection: UInt
  private let state = Mutex(State.fresh)

  init(_ request: Request, on connection: OpaquePointer) {
    self.request = request
    self.connection = UInt(bitPattern: connection)
  }

  /// The reply, once there is one.
  var reply: Reply? {
    state.withLock { state in
      guard case .answered(let reply) = state else { return nil }
      return reply
    }
  }

  /// Lets the connection rest until `finish`.
  func suspend(until deadline: UInt64) {
    state.withLock { $0 = .waiting(until: deadline) }
    unsafe MHD_suspend_connection(OpaquePointer(bitPattern: connection))
  }

  /// Gives the reply and wakes the connection; a second reply is ignored.
  func finish(_ reply: Reply) {
    let isFirst = state.withLock { state in
      guard case .waiting = state else { return false }
      state = .answered(reply)
      return true
    }
    if isFirst { unsafe MHD_resume_connection(OpaquePointer(bitPattern: connection)) }
  }

  /// Ends the wait where it has lasted too long.
  func expire(now: UInt64) {
    let isOver = state.withLock { state in
      guard case .waiting(let deadline) = state else { return false }
      return now >= deadline
    }
    if isOver { finish(.tooBusy) }
  }
}
