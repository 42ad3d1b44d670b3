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

  private let head: Request
  /// The connection's address; used for resuming alone, once, while it is suspended and therefore
  /// alive.
  private let connection: UInt
  private let state = Mutex(State.fresh)
  /// Bytes of a body.
  static let bodyBytesMax = 16 << 20
  /// What has come of the body; nil where it is too large, alone or with those of others.
  private let body = Mutex<[UInt8]?>([])

  init(_ request: Request, on connection: OpaquePointer) {
    head = request
    self.connection = UInt(bitPattern: connection)
  }

  /// The request as it is whole; nil where its body is larger than is taken.
  var request: Request? {
    guard let body = body.withLock({ $0 }) else { return nil }
    var request = head
    request.body = body
    return request
  }

  /// Whether a body may follow the headers.
  var takesBody: Bool { head.method == "PUT" }

  /// Adds a part of the body.
  ///
  /// - Parameter room: the bytes that are left for all bodies.
  func take(_ part: UnsafeRawBufferPointer, within room: borrowing Mutex<Int>) {
    body.withLock { body in
      guard let count = body?.count else { return }
      let fits = room.withLock { room in
        guard count + part.count <= Self.bodyBytesMax, part.count <= room else { return false }
        room -= part.count
        return true
      }
      guard fits else {
        room.withLock { $0 += count }
        return body = nil
      }
      unsafe body?.append(contentsOf: part)
    }
  }

  /// Gives the room of the body back.
  func release(to room: borrowing Mutex<Int>) {
    body.withLock { body in
      room.withLock { $0 += body?.count ?? 0 }
      body = nil
    }
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
