internal import SPN

extension Definition {
  /// Reads every section; what is missing or wrong is reported, and its place taken by a default.
  init(_ root: inout Section, reading: Reading, kafka: KafkaSection) {
    let pipeline = root.require("pipeline", .name) ?? ""
    self.init(
      pipeline: pipeline,
      kafka: kafka.read(root.section("kafka", isRequired: true), pipeline: pipeline),
      input: Input(root.section("input", isRequired: true), reading: reading),
      output: Outputs(root.section("output", isRequired: true)))
    model = Model(root.section("model"))
    processing = Processing(root.section("processing"))
    alerts = Alerts(root.section("alerts"))
    health = Health(root.section("health"))
    state = State(root.section("state"))
    topics = Topics(root.section("topics"))
    http = HTTP(root.section("http"))
    root.read("log", .choice(), into: &log)
    if isEmbedded { processing.guarantee = .atLeastOnce }
    checkChangelogs(reading)
  }

  /// Refuses changelogs that models could not follow.
  private func checkChangelogs(_ reading: Reading) {
    let count = state.changelogs.count
    guard count > 0 else { return }
    if count != input.topics.count {
      reading.report(
        key: "state.changelog", "names \(count) topics for \(input.topics.count) input topics",
        "give a list with a changelog for each, in the order of `input.topics`")
    }
    if processing.guarantee != .exactlyOnce {
      reading.report(
        key: "state.changelog",
        "needs the guarantee exactly_once: models and offsets are written "
          + "in one transaction",
        isEmbedded ? "leave it out, or use a broker of your own" : "leave it out")
    }
  }

  /// Refuses a topic that has two uses: results would be read as input, or two kinds of results be
  /// mixed.
  func checkTopics(_ reading: Reading) {
    var uses = input.topics.enumerated().map { ("input.topics[\($0)]", $1) }
    for (key, topic) in output.topics + state.changelogs.map({ ("state.changelog", $0) }) {
      guard let topic else { continue }
      if let (use, _) = uses.first(where: { $0.1 == topic }) {
        reading.report(key: key, "`\(topic)` is `\(use)` too", "give it a topic of its own")
      }
      uses.append((key, topic))
    }
  }
}

extension Definition.Input {
  init(_ section: consuming Section, reading: Reading) {
    let topics = section.list(
      "topics", .topic(example: "sensors"), count: 1...100, isRequired: true)
    self.init(topics: topics ?? [], values: [])
    section.read("format", .choice(), into: &format)
    stream = section.list("stream", .pointer, count: 1...16) ?? []
    time = Definition.Time(section.section("time"))
    let century = Duration.seconds(36_525 * 86_400)
    bootstrap = section.optional(
      "bootstrap", .duration(.seconds(1)...century, example: .seconds(7 * 86_400)))
    let values = section.section("values", isRequired: true)
    self.values = Definition.Channel.all(in: values, reading: reading)
    group = section.values("group", .pointer, count: 1...15) ?? []
    if let node = section.entry("group")?.value { checkGroup(section, node) }
    section.close()
  }

  /// Refuses a group that streams' names do not tell, or whose streams could not hear each other.
  private func checkGroup(_ section: borrowing Section, _ node: YAMLNode) {
    let path = "input.group"
    let names = group.map(\.text).joined(separator: ", ")
    if !stream.starts(with: group) {
      section.report(
        node, path, "`\(names)` is not what `input.stream` begins with",
        "name streams by their group first: `stream: [\(names), /sensor]`")
    } else if group.count == stream.count {
      section.report(
        node, path, "`\(names)` names a stream, not a group of them",
        "add to `input.stream` the field that tells its streams from each other")
    }
    let channelsMax = 16
    if !group.isEmpty, values.count > channelsMax {
      section.report(
        node, path, "streams of \(values.count) channels have no ear for others",
        "give at most \(channelsMax) `values`, or leave out `group`")
    }
  }
}

extension Definition.Time {
  init(_ section: consuming Section) {
    path = section.optional("path", .pointer)
    section.read("unit", .choice(), into: &unit)
    section.read("zone", .zone, into: &zone)
    let century = Duration.seconds(36_525 * 86_400)
    section.read(
      "max-future", .duration(.zero...century, example: .seconds(3600)), into: &maxFuture)
    if section.entry("path") == nil, section.entry("unit") ?? section.entry("zone") != nil {
      section.reportMissing("path", remedy: "add `path: /time`, or leave out `unit` and `zone`")
    }
    section.close()
  }
}

extension Definition.Channel {
  /// The channels of the section `values`, whose keys are names that the operator gives.
  static func all(in section: Section, reading: Reading) -> [Definition.Channel] {
    guard section.isPresent else { return [] }
    let countMax = 64
    if section.entries.isEmpty || section.entries.count > countMax {
      let count = section.entries.count
      section.report("has \(count) channels", "give 1 to \(countMax), such as `value: /value`")
      return []
    }
    var channels: [Definition.Channel] = []
    for entry in section.entries {
      let path = join(section.path, escaped(entry.key))
      section.check(entry, path: path, .name)
      guard let pointer = section.value(entry.value, path: path, .pointer) else { continue }
      if let twin = channels.first(where: { $0.pointer == pointer }) {
        section.report(entry.value, path, "is the field of `\(twin.name)` too", "keep one")
      }
      channels.append(Definition.Channel(name: entry.key, pointer: pointer))
    }
    return channels
  }
}

extension Definition.Outputs {
  /// The keys of the topics, with the topics.
  var topics: [(key: String, topic: String?)] {
    [
      ("output.predictions.topic", predictions), ("output.anomalies.topic", anomalies),
      ("output.drift.topic", drift), ("output.health.topic", health),
      ("output.dead-letters.topic", deadLetters),
    ]
  }

  init(_ section: consuming Section) {
    self.init(deadLetters: "")
    var written = section.section("predictions")
    predictions = written.require("topic", .topic(example: "sensors.predictions"))
    written.read("every", .integer(1...1_000_000_000, example: 10), into: &predictionsEvery)
    written.close()
    anomalies = Self.topic(section.section("anomalies"), example: "sensors.anomalies")
    drift = Self.topic(section.section("drift"), example: "sensors.drift")
    health = Self.topic(section.section("health"), example: "sensors.health")
    let dead = section.section("dead-letters", isRequired: true)
    deadLetters = Self.topic(dead, example: "sensors.dead") ?? ""
    let others = ["predictions", "anomalies", "drift", "health"]
    if others.allSatisfy({ section.entry($0) == nil }) {
      section.reportMissing(
        "predictions", remedy: "add at least one of \(others.joined(separator: ", "))")
    }
    section.close()
  }

  private static func topic(_ section: consuming Section, example: String) -> String? {
    let topic = section.require("topic", .topic(example: example))
    section.close()
    return topic
  }
}

extension Definition.Model {
  init(_ section: consuming Section) {
    section.read("horizon", .integer(0...Network.horizonMax, example: 24), into: &horizon)
    section.read("interval", .number(0.5...0.999, example: 0.95), into: &interval)
    section.close()
  }
}

extension Definition.Processing {
  init(_ section: consuming Section) {
    section.read("guarantee", .choice(), into: &guarantee)
    section.read(
      "commit-interval",
      .duration(.milliseconds(1) ... .seconds(60), example: .milliseconds(100)),
      into: &commitInterval)
    section.read("workers", .workers, into: &workers)
    section.read("batch", .integer(1...100_000, example: 10_000), into: &batch)
    section.close()
  }
}

extension Definition.Alerts {
  init(_ section: consuming Section) {
    section.read("budget", .budget, into: &budget)
    section.read("direction", .choice(), into: &direction)
    section.read("min-absolute", .number(0...1e300, example: 0.5), into: &minAbsolute)
    section.read("min-relative", .number(0...1e300, example: 0.05), into: &minRelative)
    section.read("warm-up", .integer(0...1_000_000_000, example: 200), into: &warmUp)
    section.close()
  }
}

extension Definition.Health {
  init(_ section: consuming Section) {
    section.read("silent-after", .silence, into: &silentAfter)
    section.close()
  }
}

extension Definition.State {
  init(_ section: consuming Section) {
    section.read("directory", .text("a directory", example: "/var/lib/spnd"), into: &directory)
    changelogs =
      section.values("changelog", .topic(example: "sensors.models"), count: 1...100) ?? []
    section.read(
      "max-replay", .duration(.seconds(1) ... .seconds(86_400), example: .seconds(60)),
      into: &maxReplay)
    section.read("memory", .byteCount((16 << 20)...(1 << 50), example: "2GiB"), into: &memory)
    section.read("on-mismatch", .choice(), into: &onMismatch)
    section.close()
  }
}

extension Definition.Topics {
  init(_ section: consuming Section) {
    section.read("partitions", .integer(1...10_000, example: 4), into: &partitions)
    section.read("replication", .integer(1...100, example: 3), into: &replication)
    section.close()
  }
}

extension Definition.HTTP {
  init(_ section: consuming Section) {
    section.read("listen", .endpoint, into: &listen)
    tokenFile = section.optional("token-file", .text("a file", example: "/etc/spnd/token"))
    certificateFile = section.optional(
      "certificate-file", .text("a file", example: "/etc/spnd/certificate.pem"))
    keyFile = section.optional("key-file", .text("a file", example: "/etc/spnd/key.pem"))
    section.read("streams", .integer(0...10_000, example: 100), into: &streams)
    if (certificateFile == nil) != (keyFile == nil) {
      let missing = keyFile == nil ? "key-file" : "certificate-file"
      section.reportMissing(missing, remedy: "a certificate and its key go together")
    }
    let isProtected = tokenFile != nil && certificateFile != nil
    if !listen.isLoopback, !isProtected {
      section.reportMissing(
        tokenFile == nil ? "token-file" : "certificate-file",
        remedy: "others can reach \(listen): add `token-file`, `certificate-file` and `key-file`, "
          + "or listen on 127.0.0.1")
    }
    section.close()
  }
}
