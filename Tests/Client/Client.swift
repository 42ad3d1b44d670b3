import Glibc

/// A client of one request, for tests.
package struct Client {
  let port: UInt16

  package init(port: UInt16) { self.port = port }

  /// What came back.
  package struct Response {
    package var status: Int
    /// The header lines.
    package var head: String
    package var body: String
  }

  /// Sends a request and reads to the connection's end.
  package func get(_ path: String, method: String = "GET", headers: [String] = []) -> Response? {
    let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    return send(lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// Sends bytes as they are.
  package func send(_ text: String) -> Response? {
    guard let socket = connect() else { return nil }
    defer { close(socket) }
    let bytes = Array(text.utf8)
    guard unsafe write(socket, bytes, bytes.count) == bytes.count else { return nil }
    var received: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while case let count = unsafe read(socket, &part, part.count), count > 0 {
      received += part[..<count]
    }
    let reply = String(decoding: received, as: UTF8.self)
    guard let end = reply.firstRange(of: "\r\n\r\n") else { return nil }
    let head = String(reply[..<end.lowerBound])
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return Response(status: status, head: head, body: String(reply[end.upperBound...]))
  }

  private func connect() -> Int32? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    unsafe setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(socket)
      return nil
    }
    return socket
  }
}
