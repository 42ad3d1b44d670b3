internal import Glibc
internal import Synchronization

/// How long connections have taken to send their requests: one that takes too long is cut off,
/// however lively it is.
///
/// libmicrohttpd bounds how long a connection may be silent, and so takes a byte a second for as
/// long as it comes.
final class Arrivals: Sendable {
  /// How long a request may take to come in whole, body included, in nanoseconds; counted from the
  /// connection's begin, or from the end of the reply before.
  static let limit: UInt64 = 60_000_000_000

  private struct Arrival {
    let socket: Int32
    /// When it is cut off; nil while it is answered.
    var deadline: UInt64?
  }

  /// By the connections' addresses.
  private let arrivals = Mutex<[UInt: Arrival]>([:])

  /// A connection has begun.
  func begin(_ connection: UInt, socket: Int32, now: UInt64) {
    arrivals.withLock { $0[connection] = Arrival(socket: socket, deadline: now &+ Self.limit) }
  }

  /// Its request is whole.
  func pause(_ connection: UInt) { arrivals.withLock { $0[connection]?.deadline = nil } }

  /// Its reply is over; another request may come.
  func resume(_ connection: UInt, now: UInt64) {
    arrivals.withLock { $0[connection]?.deadline = now &+ Self.limit }
  }

  /// It is about to be closed.
  func end(_ connection: UInt) { arrivals.withLock { _ = $0.removeValue(forKey: connection) } }

  /// Cuts off who has taken too long; libmicrohttpd then closes the connection.
  func cut(now: UInt64) {
    // Under the lock, so that the socket is still the connection's.
    arrivals.withLock { arrivals in
      for (connection, arrival) in arrivals {
        guard let deadline = arrival.deadline, now >= deadline else { continue }
        shutdown(arrival.socket, Int32(SHUT_RDWR))
        arrivals[connection]?.deadline = nil
      }
    }
  }
}
