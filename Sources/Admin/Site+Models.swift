internal import Pipeline

/// Single models, taken out, put in and made new while the daemon works.
extension Site {
  /// `/v1/models/{key}`: GET gives the stream's models as `spnd streams export` writes them, DELETE
  /// makes the stream new.
  func model(_ name: Substring, _ request: Request) -> Answer {
    guard let pipeline = pipeline(request) else { return .reply(.notFound) }
    let name = Array(name.utf8)
    guard request.method == "DELETE" else { return .ask(pipeline, .model(name), Self.lines) }
    return .ask(pipeline, .reset(name)) { Self.outcome($0, ofNone: .noStream) }
  }

  /// `/v1/models`: PUT puts models in that were exported.
  func replace(_ request: Request) -> Answer {
    guard let pipeline = pipeline(request) else { return .reply(.notFound) }
    switch ArchivedModel.read(request.body.span) {
    case .failure(let line):
      return .reply(
        .text(400, "line \(line.number) is no exported model; GET /v1/models/{stream} gives them"))
    case .success(let models):
      guard !models.isEmpty else { return .reply(.text(400, "there are no models")) }
      let missing = Reply.text(
        404, "no partition of these models is here; another member may have it")
      return .ask(pipeline, .replace(models)) { Self.outcome($0, ofNone: missing) }
    }
  }

  private static func lines(_ answers: [Question.Answer]) -> Reply {
    var writer = JSONWriter(capacity: 65_536)
    for case .models(let models) in answers {
      for model in models { model.write(into: &writer) }
    }
    return writer.count == 0
      ? .noStream : Reply(type: "application/x-ndjson", body: writer.copy())
  }

  /// What became of a change: a refusal counts more than what other workers did.
  private static func outcome(_ answers: [Question.Answer], ofNone none: Reply) -> Reply {
    var count = 0
    for answer in answers {
      switch answer {
      case .unchanged(let reason, let mayPass):
        return .text(mayPass ? 503 : 409, mayPass ? reason + "; try again" : reason)
      case .changed(let changed): count += changed
      default: break
      }
    }
    return count == 0 ? none : .text(200, "\(count) models changed and saved")
  }
}
