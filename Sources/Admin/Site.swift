public import Pipeline

/// What is served: pipelines, and what this build is.
public struct Site: Sendable {
  let pipelines: [Observatory]
  let version: String
  let libraries: [(name: String, version: String)]
  let clock: any Clock

  /// - Parameters:
  ///   - version: of the daemon.
  ///   - libraries: what it runs with, by name.
  public init(
    pipelines: [Observatory], version: String, libraries: [(name: String, version: String)],
    clock: some Clock
  ) {
    self.pipelines = pipelines
    self.version = version
    self.libraries = libraries
    self.clock = clock
  }

  private static let streamPrefix = "/v1/streams/"
  private static let modelPrefix = "/v1/models/"

  /// Whether a request's method is one that its path knows.
  static func takes(_ request: Request) -> Bool {
    ["GET", "HEAD"].contains(request.method) || changes(request)
  }

  /// Whether a request is to change something.
  static func changes(_ request: Request) -> Bool {
    switch request.method {
    case "PUT": request.path == "/v1/models"
    case "DELETE": request.path.hasPrefix(modelPrefix)
    default: false
    }
  }

  /// How a request is dealt with.
  enum Answer {
    case reply(Reply)
    /// The workers are asked; what they say makes the reply.
    case ask(Observatory, Question.Kind, @Sendable ([Question.Answer]) -> Reply)
    /// Anomalies, drifts and health, from now to the connection's end.
    case events
    /// All models of these partitions.
    case models(Observatory, [TopicPartition])
  }

  /// Whether a path is for everyone, since it tells nothing of the data.
  func isOpen(_ path: String) -> Bool {
    ["/livez", "/readyz"].contains(path) || PageFiles.reply(path) != nil
  }

  /// Deals with a request whose sender may see everything.
  func answer(_ request: Request) -> Answer {
    switch request.path {
    case "/metrics": .reply(metrics(Exposition.Format(accept: request.accept)))
    case "/livez": .reply(liveness)
    case "/readyz": .reply(readiness)
    case "/healthz": .reply(health)
    case "/version": .reply(versions)
    case "/v1/pipelines": .reply(overview)
    case "/v1/streams": streams(request)
    case "/v1/models": request.method == "PUT" ? replace(request) : models(request)
    case "/v1/events": .events
    default:
      if request.path.hasPrefix(Self.streamPrefix) {
        stream(request.path.dropFirst(Self.streamPrefix.count), request)
      } else if request.path.hasPrefix(Self.modelPrefix) {
        model(request.path.dropFirst(Self.modelPrefix.count), request)
      } else {
        .reply(PageFiles.reply(request.path) ?? .notFound)
      }
    }
  }

  private func metrics(_ format: Exposition.Format) -> Reply {
    let now = clock.monotonicNanoseconds()
    let states = pipelines.map { PipelineState($0, now: now) }
    var text = Exposition(format)
    ProcessMetrics.write(into: &text)
    text.begin("spnd_build_info", .gauge, help: "What this build is made of; always 1.")
    let labels = libraries.map { ("\($0.name)_version", $0.version) }
    text.sample("spnd_build_info", [("version", version)] + labels, 1)
    for metric in Metrics.all { metric.write(states, into: &text) }
    return Reply(type: format.contentType, body: text.finish())
  }

  private var liveness: Reply {
    let now = clock.monotonicNanoseconds()
    return pipelines.allSatisfy { $0.isAlive(now: now) }
      ? .text(200, "alive") : .text(503, "a worker hangs; start the daemon again")
  }

  private var isReady: Bool {
    let now = clock.monotonicNanoseconds()
    return pipelines.allSatisfy { $0.isReady(now: now) }
  }

  private var readiness: Reply {
    guard !isReady else { return .text(200, "ready") }
    let lines = pipelines.map { "\($0.definition.pipeline): \($0.statusLine)" }
    return .text(503, "not ready; \(lines.joined(separator: "; ")); /healthz says more")
  }

  private var versions: Reply {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("version", version)
    for library in libraries {
      writer.key(named: library.name)
      writer.value(library.version)
    }
    writer.endObject()
    return .json(writer.copy())
  }

  /// Readiness with its reasons, worker by worker.
  private var health: Reply {
    var writer = JSONWriter()
    let now = clock.monotonicNanoseconds()
    writer.beginObject()
    writer.field("ready", isReady)
    writer.key("pipelines")
    writer.beginArray()
    for pipeline in pipelines { write(pipeline, now: now, into: &writer) }
    writer.endArray()
    writer.endObject()
    return .json(writer.copy(), status: isReady ? 200 : 503)
  }

  private func write(_ pipeline: Observatory, now: UInt64, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("pipeline", pipeline.definition.pipeline)
    writer.field("stalled_seconds", Double(pipeline.stall(now: now)) * 1e-9)
    writer.key("workers")
    writer.beginArray()
    for report in pipeline.reports {
      writer.beginObject()
      writer.field("joined", report.isJoined)
      writer.field("partitions", report.partitions.count)
      writer.field("restoring", report.partitions.filter(\.isRestoring).count)
      writer.field("lag", report.partitions.reduce(0) { $0 + ($1.lag ?? 0) })
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

extension JSONWriter {
  /// What was written.
  borrowing func copy() -> [UInt8] {
    let bytes = bytes
    return bytes.indices.map { bytes[$0] }
  }
}
