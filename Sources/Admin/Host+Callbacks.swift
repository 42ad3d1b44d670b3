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
    unsafe exchange.take(UnsafeRawBufferPointer(start: body, count: count.pointee))
    unsafe count.pointee = 0
    return .YES
  }
  switch unsafe host.answer(exchange, on: connection) {
  case .reply(let reply): return unsafe queue(reply, on: connection)
  case .later: return .YES
  case .events(let stream): return unsafe queue(stream, on: connection)
  }
}

/// Called once for every request that `handled` has seen.
func completed(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, reason: MHD_RequestTerminationCode
) {
  guard let context = unsafe context, let held = unsafe state?.pointee else { return }
  let host = unsafe Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
  host.forget(unsafe Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue())
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

/// Sends events as they come.
private func queue(_ stream: EventStream, on connection: OpaquePointer) -> MHD_Result {
  let held = unsafe Unmanaged.passRetained(stream).toOpaque()
  let response = unsafe MHD_create_response_from_callback(
    UInt64.max, 16_384, readEvents, held, endEvents)
  guard let response = unsafe response else {
    unsafe endEvents(held: held)
    return .NO
  }
  return unsafe send(
    response, status: 200, headers: [("Content-Type", "text/event-stream")], on: connection)
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

/// Called for the next bytes of an event stream.
private func readEvents(
  held: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, size: Int
) -> Int {
  guard let held = unsafe held else { return -1 }
  let stream = unsafe Unmanaged<EventStream>.fromOpaque(held).takeUnretainedValue()
  let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size)
  // −1 is MHD_CONTENT_READER_END_OF_STREAM.
  return unsafe stream.host.read(stream, into: bytes) ?? -1
}

/// Called once when an event stream is over.
private func endEvents(held: UnsafeMutableRawPointer?) {
  guard let held = unsafe held else { return }
  let stream = unsafe Unmanaged<EventStream>.fromOpaque(held).takeRetainedValue()
  stream.host.forget(stream)
}
