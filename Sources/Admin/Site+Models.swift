internal import Pipeline

/// Models, taken out, put in and made new while the daemon works.
extension Site {
  /// `/v1/models`: GET gives all models, partition by partition, as `spnd streams export` writes
  /// them.
  func models(_ request: Request) -> Answer {
    guard let pipeline = pipeline(request) else { return .reply(.notFound) }
    let partitions = pipeline.reports.flatMap(\.partitions)
    // A reply that has begun cannot say why it ends.
    guard pipeline.isRestored else {
      return .reply(.text(503, "\(pipeline.statusLine); try again"))
    }
    guard !pipeline.definition.isEmbedded else {
      return .reply(.text(409, "this pipeline saves no models: its broker is embedded"))
    }
    let sorted = partitions.map(\.partition).sorted {
      ($0.topic, $0.partition) < ($1.topic, $1.partition)
    }
    return .models(pipeline, sorted)
  }

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
        .text(400, "line \(line.number) is no exported model; GET /v1/models gives them"))
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
      ? .noStream : Reply(type: Reply.lines, body: writer.copy())
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
