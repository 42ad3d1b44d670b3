internal import Glibc
internal import Pipeline

/// A socket that listens on an address; closed with this value unless it was handed over.
struct Listener: ~Copyable, Sendable {
  private let socket: Int32
  /// The port that it listens on, which the system may have chosen.
  let port: UInt16

  /// Connections that may wait to be accepted.
  private static let backlog: Int32 = 64

  init(_ endpoint: Definition.Endpoint) throws(AdminError) {
    let isV6 = endpoint.isIPv6
    let socket = Glibc.socket(
      isV6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Self.failure(endpoint) }
    var on: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = isV6 ? Self.bindV6(socket, endpoint) : Self.bindV4(socket, endpoint)
    guard isBound, listen(socket, Self.backlog) == 0 else {
      let error = Self.failure(endpoint)
      close(socket)
      throw error
    }
    self.socket = socket
    port = Self.port(of: socket)
  }

  private init(_ socket: Int32, port: UInt16) {
    self.socket = socket
    self.port = port
  }

  /// The same socket once more, to be closed on its own.
  func copy() throws(AdminError) -> Listener {
    let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else {
      throw AdminError("http.listen port \(port)", unsafe String(cString: strerror(errno)))
    }
    return Listener(copy, port: port)
  }

  deinit { close(socket) }

  /// Refuses connections from now on, those to its copies, too.
  func refuse() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// Hands the socket over to somebody who closes it.
  consuming func take() -> Int32 {
    let socket = socket
    discard self
    return socket
  }

  /// The port of a bound socket: it stands at the same place for both families.
  private static func port(of socket: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(socket, $0, &size)
      }
    }
    return UInt16(bigEndian: address.sin6_port)
  }

  private static func bindV4(_ socket: Int32, _ endpoint: Definition.Endpoint) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = endpoint.port.bigEndian
    unsafe inet_pton(AF_INET, endpoint.address, &address.sin_addr)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func bindV6(_ socket: Int32, _ endpoint: Definition.Endpoint) -> Bool {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = endpoint.port.bigEndian
    unsafe inet_pton(AF_INET6, endpoint.address, &address.sin6_addr)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
  }

  private static func failure(_ endpoint: Definition.Endpoint) -> AdminError {
    let isTaken = errno == EADDRINUSE
    let reason = unsafe String(cString: strerror(errno))
    let remedy =
      isTaken
      ? "; give each daemon of a machine its own, or port 0 for any that is free"
      : "; it must be an address of this machine"
    return AdminError("http.listen \(endpoint)", reason + remedy)
  }
}
