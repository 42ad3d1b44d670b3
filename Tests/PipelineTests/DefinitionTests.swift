import Pipeline
import Testing

@Suite struct DefinitionTests {
  @Test func defaults() throws {
    let definition = try #require(Loaded(minimal).definition)
    #expect(definition.pipeline == "plant")
    #expect(definition.group == "plant")
    #expect(!definition.isEmbedded)
    #expect(definition.kafka.map(\.name) == ["bootstrap.servers", "group.id"])
    #expect(definition.kafka[0].position == Definition.Position(line: 3, column: 3))
    #expect(definition.input.format == .json)
    #expect(definition.input.stream.isEmpty)
    #expect(definition.input.time == Definition.Time())
    #expect(definition.output.topic(of: .anomalies) == "alarms")
    #expect(definition.output.topic(of: .predictions) == nil)
    #expect(definition.model.interval == 0.95)
    #expect(definition.processing.guarantee == .exactlyOnce)
    #expect(definition.processing.workers == .auto)
    #expect(definition.alerts.budget.perSecond == 1.0 / 604_800)
    #expect(definition.alerts.warmUp == 200)
    #expect(definition.http.listen.description == "127.0.0.1:9464")
    #expect(definition.notes.isEmpty)
  }

  @Test func everySetting() throws {
    let text = """
      pipeline: all
      kafka: {bootstrap.servers: "a:1,b:2", group.id: g, linger.ms: 5, enable.ssl: yes}
      input:
        topics: [one, two]
        format: csv
        stream: [/site, /a~1b]
        time: {path: /t, unit: us, zone: Europe/Berlin, max-future: 1h30m}
        values: {zulu: /z, alpha: /a/0}
      output:
        predictions: {topic: p, every: 10}
        anomalies: {topic: a}
        drift: {topic: d}
        health: {topic: h}
        dead-letters: {topic: x}
      model: {horizon: 1, interval: 0.9}
      processing: {guarantee: exactly_once, commit-interval: 5s, workers: 8, batch: 100}
      alerts: {budget: 0.5 per stream per 30d, direction: up, min-absolute: 2,
               min-relative: 1e-2, warm-up: 0}
      state: {directory: /srv/models, changelog: [m, n]}
      topics: {partitions: 12, replication: 3}
      http: {listen: "[::1]:0"}
      """
    let definition = try #require(Loaded(text).definition)
    #expect(definition.kafka.map(\.value) == ["a:1,b:2", "g", "5", "yes"])
    #expect(definition.input.topics == ["one", "two"])
    #expect(definition.input.format == .csv)
    #expect(definition.input.stream.map(\.tokens) == [["site"], ["a/b"]])
    #expect(definition.input.time.unit == .microseconds)
    #expect(definition.input.time.zone == "Europe/Berlin")
    #expect(definition.input.time.maxFuture == .seconds(5400))
    #expect(definition.input.values.map(\.name) == ["zulu", "alpha"])
    #expect(definition.input.values.map(\.pointer.tokens) == [["z"], ["a", "0"]])
    #expect(Output.allCases.map(definition.output.topic) == ["p", "a", "d", "h", "x"])
    #expect(definition.output.predictionsEvery == 10)
    #expect(definition.model.horizon == 1 && definition.model.interval == 0.9)
    #expect(definition.processing.guarantee == .exactlyOnce)
    #expect(definition.processing.commitInterval == .seconds(5))
    #expect(definition.processing.workers == .count(8) && definition.processing.batch == 100)
    #expect(definition.alerts.budget.perSecond == 0.5 / (30 * 86_400))
    #expect(definition.alerts.direction == .up && definition.alerts.warmUp == 0)
    #expect(definition.alerts.minAbsolute == 2 && definition.alerts.minRelative == 0.01)
    #expect(
      definition.state.directory == "/srv/models" && definition.state.changelogs == ["m", "n"])
    #expect(definition.topics.partitions == 12 && definition.topics.replication == 3)
    #expect(definition.http.listen == Definition.Endpoint(address: "::1", port: 0))
    #expect(definition.notes.count == 1)
  }

  @Test func embeddedImpliesAtLeastOnceAndSaysSo() throws {
    let text = minimal.replacing("broker:9092", by: "embedded")
    let asked = text + "processing: {guarantee: exactly_once}\n"
    // The embedded broker is ours: librdkafka is not asked about its name.
    let definition = try #require(Loaded(asked, kafkaCheck: { _, _ in "refused" }).definition)
    #expect(definition.isEmbedded)
    #expect(definition.processing.guarantee == .atLeastOnce)
    #expect(
      definition.describe().contains { $0.hasPrefix("note: ") && $0.contains("at_least_once") })
  }

  @Test func whereThingsStandIsNoDifference() {
    let moved = "# a comment\n" + minimal.replacing("\nkafka:", by: "\n\nkafka: # another")
    #expect(Loaded(moved).definition == Loaded(minimal).definition)
    let other = minimal.replacing("broker:9092", by: "broker:9093")
    #expect(Loaded(other).definition != Loaded(minimal).definition)
  }

  /// As sha256sum(1) prints it; 183, 184 and 192 bytes are padded in different ways.
  @Test(arguments: [
    (0, "5f16e3fd3017fcfb4e8bd2f2113bec7dd204ce7931ec47f67982a2083cba4d20"),
    (11, "c8e3259ebeb1ca2ae3e64d9dcd91a32457104424ed3cd71da7320404d0763227"),
    (12, "801b4f09df83374bd090a4cde559e7bb4db78bc972c1b48d8d25c70b1b9e09ab"),
    (20, "0aacea22dd6609a0d659fbe7aab6fb9ce8dd835f8e60707c1ccce902cddc880f"),
  ])
  func theFileIsKnownByItsDigest(padding: Int, digest: String) throws {
    let text = minimal + String(repeating: "#", count: padding)
    #expect(try #require(Loaded(text).definition).digest.text == digest)
  }

  @Test func emptySectionsAreDefaults() {
    #expect(Loaded(minimal + "alerts:\nhttp: ~\n").definition == Loaded(minimal).definition)
  }

  @Test(arguments: ["complete", "plant", "machine", "series", "group"])
  func shippedPipelinesLoad(_ name: String) throws {
    let path = "\(repository)/Pipelines/\(name).yaml"
    let definition = try Definition.load(path: path, environment: [:])
    #expect(definition.isEmbedded == (name != "complete"))
  }

  @Test func shippedDefaultsAreTheDefaults() throws {
    let path = "\(repository)/Pipelines/complete.yaml"
    let complete = try Definition.load(path: path, environment: [:])
    let plain = try #require(Loaded(minimal).definition)
    #expect(complete.model == plain.model)
    #expect(complete.processing == plain.processing)
    #expect(complete.alerts == plain.alerts)
    #expect(complete.health == plain.health)
    #expect(complete.topics == plain.topics)
    #expect(complete.http == plain.http)
    #expect(complete.state.directory == plain.state.directory)
    #expect(complete.input.time.maxFuture == plain.input.time.maxFuture)
  }

  @Test func completeNamesEveryKey() throws {
    let text = try #require(content(of: "\(repository)/Pipelines/complete.yaml"))
    let keys = Definition.keys
    #expect(keys.contains("input.time.max-future") && keys.contains("output.dead-letters.topic"))
    for key in keys {
      let name = key.split(separator: ".").last ?? ""
      #expect(text.contains("\(name):"), "\(key)")
    }
  }

  @Test func describeTellsWhatIsInForceAndKeepsSecrets() throws {
    let text = minimal.replacing(
      "broker:9092", by: "broker:9092\n  sasl.password: hunter2\n  linger.ms: 5")
    let lines = try #require(Loaded(text).definition).describe()
    #expect(lines.contains("pipeline      plant"))
    #expect(lines.contains("kafka         sasl.password = (secret)"))
    #expect(lines.contains("kafka         linger.ms = 5"))
    #expect(lines.contains("stream        the record's key"))
    #expect(lines.contains("channel       value from /v"))
    #expect(lines.contains("predictions   not written"))
    #expect(lines.contains("alerts        1 per stream per week: one every 7d"))
    #expect(lines.contains("deviation     both"))
    #expect(lines.contains("topics        made with partitions 1, replication 1"))
    #expect(lines.contains("commit        every 100ms or 10000 records"))
    #expect(!lines.joined().contains("hunter2"))
  }
}
