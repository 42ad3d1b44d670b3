internal import CMicroHTTPD

/// What a client asks, copied from libmicrohttpd's memory.
struct Request: Sendable {
  var method: String
  /// The path, decoded.
  var path: String
  var accept = ""
  var authorization = ""
  /// The last event that a client of an event stream has seen.
  var lastEvent = ""
  /// Whether a page in a browser asks, which says so by these headers.
  var isOfPage = false
  /// What came after the headers.
  var body: [UInt8] = []
  /// The query's parameters that anyone here understands.
  var query: [String: String] = [:]

  private static let parameters = ["sort", "limit", "offset", "after", "channel", "pipeline"]

  init(method: String, path: String) {
    self.method = method
    self.path = path
  }

  /// Copies a connection's request.
  init(_ connection: OpaquePointer, url: UnsafePointer<CChar>?, method: UnsafePointer<CChar>?) {
    unsafe self.init(
      method: method.map { unsafe String(cString: $0) } ?? "",
      path: url.map { unsafe String(cString: $0) } ?? "")
    accept = unsafe Self.value(connection, .HEADER_KIND, "Accept") ?? ""
    authorization = unsafe Self.value(connection, .HEADER_KIND, "Authorization") ?? ""
    lastEvent = unsafe Self.value(connection, .HEADER_KIND, "Last-Event-ID") ?? ""
    for name in ["Origin", "Sec-Fetch-Site"] {
      if unsafe Self.value(connection, .HEADER_KIND, name) != nil { isOfPage = true }
    }
    for name in Self.parameters {
      query[name] = unsafe Self.value(connection, .GET_ARGUMENT_KIND, name)
    }
  }

  /// A whole number of the query, brought into its range; `fallback` where there is none.
  func number(_ name: String, in range: ClosedRange<Int>, else fallback: Int) -> Int {
    guard let number = query[name].flatMap({ Int($0) }) else { return fallback }
    return min(max(number, range.lowerBound), range.upperBound)
  }

  private static func value(
    _ connection: OpaquePointer, _ kind: MHD_ValueKind, _ name: String
  ) -> String? {
    let value = unsafe MHD_lookup_connection_value(connection, kind, name)
    return unsafe value.map { unsafe String(cString: $0) }
  }
}
