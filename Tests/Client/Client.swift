import Glibc

/// Repeats a call of the system that is interrupted, as by a pause of the whole process.
package func uninterrupted<Count: SignedInteger>(_ call: () -> Count) -> Count {
  while true {
    let count = call()
    guard count < 0, errno == EINTR else { return count }
  }
}

/// A client of one request, for tests.
package struct Client {
  private let port: UInt16

  package init(port: UInt16) { self.port = port }

  /// What came back.
  package struct Response {
    package var status: Int
    /// The header lines.
    package var head: String
    package var body: String
  }

  /// Sends a request and reads to the connection's end.
  package func get(
    _ path: String, method: String = "GET", headers: [String] = [], from source: String? = nil
  ) -> Response? {
    let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    return send(lines.joined(separator: "\r\n") + "\r\n\r\n", from: source)
  }

  /// Sends bytes as they are, from an address of its own where one is given.
  package func send(_ text: String, from source: String? = nil) -> Response? {
    guard let connection = hold(text, from: source) else { return nil }
    let reply = connection.read { _ in false }
    guard let end = reply.firstRange(of: "\r\n\r\n") else { return nil }
    let head = String(reply[..<end.lowerBound])
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return Response(status: status, head: head, body: String(reply[end.upperBound...]))
  }

  /// Sends bytes and keeps the connection.
  package func hold(_ text: String, from source: String? = nil) -> Connection? {
    guard let socket = connect(from: source) else { return nil }
    let connection = Connection(socket)
    return connection.write(text) ? connection : nil
  }

  /// A connection, closed with this value.
  package final class Connection {
    private let socket: Int32

    fileprivate init(_ socket: Int32) { self.socket = socket }

    deinit { close(socket) }

    /// Sends more bytes; false where the connection is closed.
    package func write(_ text: String) -> Bool {
      let bytes = Array(text.utf8)
      var sent = 0
      while sent < bytes.count {
        // Not `write`: the server may close at once, which must not end the tests.
        let count = unsafe bytes[sent...].withUnsafeBytes { rest in
          uninterrupted {
            unsafe Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
          }
        }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }

    /// Whether the other side closes the connection, before anything more comes of it, within two
    /// minutes.
    package func isClosed() -> Bool {
      var byte: UInt8 = 0
      return uninterrupted { unsafe Glibc.read(socket, &byte, 1) } == 0
    }

    /// Reads until what has come is enough, to the connection's end, or for two minutes of silence.
    package func read(until isEnough: (String) -> Bool) -> String {
      var received: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 65_536)
      while !isEnough(String(decoding: received, as: UTF8.self)),
        case let count = uninterrupted({ unsafe Glibc.read(socket, &part, part.count) }), count > 0
      {
        received += part[..<count]
      }
      return String(decoding: received, as: UTF8.self)
    }
  }

  private func connect(from source: String?) -> Int32? {
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 120, tv_usec: 0)
    unsafe setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if let source, unsafe !use(Glibc.bind, socket, address(source, port: 0)) {
      close(socket)
      return nil
    }
    guard unsafe use(Glibc.connect, socket, address("127.0.0.1", port: port)) else {
      close(socket)
      return nil
    }
    return socket
  }

  private func address(_ text: String, port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    unsafe inet_pton(AF_INET, text, &address.sin_addr)
    return address
  }

  private func use(
    _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: Int32,
    _ address: sockaddr_in
  ) -> Bool {
    unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe call(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
