internal import CMicroHTTPD
internal import Glibc
internal import Pipeline

// The functions below are global, hence bound to no actor: libmicrohttpd calls them on its own
// thread.

/// Called when a request's headers are there, for each part of its body, and when it is whole.
func handled(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
  method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, body: UnsafePointer<CChar>?,
  bodyCount: UnsafeMutablePointer<Int>?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let context = unsafe context, let connection = unsafe connection,
    let state = unsafe state
  else { return .NO }
  let host = unsafe Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
  guard let held = unsafe state.pointee else {
    let request = unsafe Request(connection, url: url, method: method)
    let exchange = unsafe Exchange(request, on: connection)
    unsafe state.pointee = Unmanaged.passRetained(exchange).toOpaque()
    return .YES
  }
  let exchange = unsafe Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
  if let count = unsafe bodyCount, unsafe count.pointee > 0 {
    guard exchange.takesBody else { return .NO }
    unsafe exchange.take(
      UnsafeRawBufferPointer(start: body, count: count.pointee), within: host.bodies)
    unsafe count.pointee = 0
    return .YES
  }
  switch unsafe host.answer(exchange, on: connection) {
  case .reply(let reply): return unsafe queue(reply, on: connection)
  case .later: return .YES
  case .stream(let stream, let type):
    return unsafe queue(stream, of: type, on: connection)
  }
}

/// Called once for every request that `handled` has seen.
func completed(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, reason: MHD_RequestTerminationCode
) {
  guard let context = unsafe context, let held = unsafe state?.pointee else { return }
  let host = unsafe Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
  host.forget(
    unsafe Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue(),
    on: UInt(bitPattern: connection))
}

/// Called when a connection begins, and before its socket is closed.
func connected(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: MHD_ConnectionNotificationCode
) {
  guard let context = unsafe context, let connection = unsafe connection else { return }
  let host = unsafe Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
  let address = UInt(bitPattern: connection)
  if code == .CONNECTION_NOTIFY_STARTED {
    host.welcome(address, socket: unsafe spnd_http_socket(connection))
  } else {
    host.arrivals.end(address)
  }
}

/// Sends a reply.
private func queue(_ reply: Reply, on connection: OpaquePointer) -> MHD_Result {
  var body = reply.body
  let response = unsafe MHD_create_response_from_buffer(
    body.count, &body, .RESPMEM_MUST_COPY)
  guard let response = unsafe response else { return .NO }
  return unsafe send(
    response, status: reply.status, headers: [("Content-Type", reply.type)] + reply.headers,
    on: connection)
}

/// Keeps a stream for libmicrohttpd, which holds an object but no protocol.
private final class StreamBox {
  let stream: any Stream

  init(_ stream: any Stream) { self.stream = stream }
}

/// Sends what a stream says as it comes.
private func queue(
  _ stream: any Stream, of type: String, on connection: OpaquePointer
) -> MHD_Result {
  let held = unsafe Unmanaged.passRetained(StreamBox(stream)).toOpaque()
  let response = unsafe MHD_create_response_from_callback(
    UInt64.max, 16_384, readStream, held, endStream)
  guard let response = unsafe response else {
    unsafe endStream(held: held)
    return .NO
  }
  return unsafe send(response, status: 200, headers: [("Content-Type", type)], on: connection)
}

/// Queues a response with the headers that all have, and gives our hold on it up.
private func send(
  _ response: OpaquePointer, status: UInt32, headers: [(name: String, value: String)],
  on connection: OpaquePointer
) -> MHD_Result {
  defer { unsafe MHD_destroy_response(response) }
  let common = [
    ("X-Content-Type-Options", "nosniff"),
    // The charts' library writes styles into its legend.
    (
      "Content-Security-Policy",
      "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
    ),
    ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
  ]
  for (name, value) in headers + common {
    _ = unsafe MHD_add_response_header(response, name, value)
  }
  return unsafe MHD_queue_response(connection, status, response)
}

/// Called for the next bytes of a stream.
private func readStream(
  held: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, size: Int
) -> Int {
  // −1 is MHD_CONTENT_READER_END_OF_STREAM, −2 MHD_CONTENT_READER_END_WITH_ERROR.
  guard let held = unsafe held else { return -2 }
  let stream = unsafe Unmanaged<StreamBox>.fromOpaque(held).takeUnretainedValue().stream
  let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size)
  switch unsafe stream.host.read(stream, into: bytes) {
  case .bytes(let count): return count
  case .end: return -1
  case .broken: return -2
  }
}

/// Called once when a stream is over.
private func endStream(held: UnsafeMutableRawPointer?) {
  guard let held = unsafe held else { return }
  let stream = unsafe Unmanaged<StreamBox>.fromOpaque(held).takeRetainedValue().stream
  stream.host.forget(stream)
}
