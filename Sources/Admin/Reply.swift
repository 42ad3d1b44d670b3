/// What a request is answered with.
struct Reply: Sendable {
  var status: UInt32
  var type: String
  var body: [UInt8]
  /// Further headers.
  var headers: [(name: String, value: String)] = []

  init(_ status: UInt32 = 200, type: String, body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  /// A line of text.
  static func text(_ status: UInt32, _ line: String) -> Reply {
    Reply(status, type: "text/plain; charset=utf-8", body: Array((line + "\n").utf8))
  }

  /// The type of JSON objects, one a line.
  static let lines = "application/x-ndjson"

  /// A JSON document.
  static func json(_ body: [UInt8], status: UInt32 = 200) -> Reply {
    Reply(status, type: "application/json", body: body)
  }

  static let notFound = Reply.text(404, "there is nothing here; see /, /metrics and /v1/streams")
  static let noStream = Reply.text(
    404, "there is no such stream here; another member may have its partition")
  static let tooBusy = Reply.text(503, "the workers did not answer in time; try again")

  static let methodNotAllowed = {
    var reply = Reply.text(
      405, "only GET and HEAD are answered, and PUT and DELETE of /v1/models")
    reply.headers = [("Allow", "GET, HEAD")]
    return reply
  }()

  static let tooLarge = Reply.text(413, "more than is taken at once; send fewer models")
  static let ofPage = Reply.text(403, "pages in browsers may look and change nothing")

  static let unauthorized = {
    var reply = Reply.text(401, "send the token of http.token-file: Authorization: Bearer …")
    reply.headers = [("WWW-Authenticate", "Bearer")]
    return reply
  }()
}
