internal import Pipeline

/// The streams of a pipeline, as JSON.
extension Site {
  /// The most streams on one page, and the furthest that pages go.
  private static let pageMax = 1000
  private static let offsetMax = 10_000
  /// Channels of a stream, as the definition bounds them.
  private static let channelsMax = 64

  /// `/v1/streams?sort=score|last_seen&limit=50&offset=0`.
  func streams(_ request: Request) -> Answer {
    guard let pipeline = pipeline(request) else { return .reply(.notFound) }
    guard let order = StreamOrder(rawValue: request.query["sort"] ?? "score") else {
      return .reply(.text(400, "sort is score or last_seen"))
    }
    let limit = request.number("limit", in: 1...Self.pageMax, else: 50)
    let offset = request.number("offset", in: 0...Self.offsetMax, else: 0)
    return .ask(pipeline, .streams(order, count: offset + limit + 1)) { answers in
      guard !answers.isEmpty else { return .tooBusy }
      let all = answers.flatMap { answer -> [StreamSummary] in
        if case .streams(let streams) = answer { streams } else { [] }
      }
      let sorted = all.sorted { $0.precedes($1, in: order) }
      return Self.page(sorted, offset: offset, limit: limit, pipeline.definition)
    }
  }

  /// `/v1/streams/{key}?channel=0&after=0`.
  func stream(_ name: Substring, _ request: Request) -> Answer {
    guard let pipeline = pipeline(request) else { return .reply(.notFound) }
    let channel = request.number("channel", in: 0...Self.channelsMax, else: 0)
    let after = Int64(request.number("after", in: 0...Int.max, else: 0))
    let kind = Question.Kind.stream(Array(name.utf8), channel: channel, after: after)
    return .ask(pipeline, kind) { answers in
      for case .explanation(let json) in answers { return .json(json) }
      return .noStream
    }
  }

  /// The pipeline that a request names; the first where it names none.
  func pipeline(_ request: Request) -> Observatory? {
    guard let name = request.query["pipeline"] else { return pipelines.first }
    return pipelines.first { $0.definition.pipeline == name }
  }

  private static func page(
    _ streams: [StreamSummary], offset: Int, limit: Int, _ definition: Definition
  ) -> Reply {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("pipeline", definition.pipeline)
    writer.field("offset", offset)
    writer.field("more", streams.count > offset + limit)
    writer.key("streams")
    writer.beginArray()
    for stream in streams.dropFirst(offset).prefix(limit) {
      writer.beginObject()
      writer.field("stream", stream.name.span)
      writer.field("topic", definition.input.topics[Int(stream.partition.topic)])
      writer.field("partition", Int(stream.partition.partition))
      writer.field("events", stream.events)
      writer.field("last_seen", rfc3339: stream.lastTime)
      writer.field("score", stream.score)
      writer.field("state", stream.state)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return .json(writer.copy())
  }
}

extension StreamSummary {
  fileprivate var state: String {
    isAnomalous ? "anomalous" : isLearning ? "learning" : "steady"
  }
}
