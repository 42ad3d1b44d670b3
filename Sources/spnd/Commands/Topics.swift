import Kafka
import Pipeline

/// `spnd topics create FILE`: makes the topics that a definition names.
enum Topics: Command {
  static let name = "topics"
  static let summary = "creates the topics that a definition names"
  static let options: [String] = []
  static let flags: [String] = []
  static let help = """
    usage: spnd topics create FILE

    Creates every topic that the definition names and the cluster does not have, with the
    partitions and the replication of its section `topics`, and with the retention of the input
    topics where these are there; a changelog of models is compacted and has the input's partitions.
    Topics that are there are left as they are.
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    guard arguments.positions.first == "create" else {
      throw Failure(.usage, "say what to do: spnd topics create FILE")
    }
    guard arguments.positions.count == 2 else { throw Failure(.usage, "FILE is missing") }
    let definition = try loadDefinition(arguments.positions[1])
    guard !definition.isEmbedded else {
      throw Failure(
        .configuration, "bootstrap.servers is embedded: the broker makes its topics when it starts")
    }
    try create(definition)
  }

  private static func create(_ definition: Definition) throws(Failure) {
    let names = definition.topicNames
    var failures = 0
    do throws(KafkaError) {
      let admin = try TopicAdmin(properties: definition.clientProperties(), log: { _, _ in })
      try admin.reach()
      let retention = retention(of: definition.input.topics, admin)
      let results = definition.resultTopics.map {
        TopicAdmin.NewTopic(
          name: $0, partitions: definition.topics.partitions,
          replication: definition.topics.replication, settings: retention)
      }
      let topics = try results + changelogs(definition, admin)
      for (name, creation) in zip(names, try admin.create(topics)) {
        print("\(name): \(describe(creation))")
        if case .failed = creation { failures += 1 }
      }
    } catch {
      throw Failure(error.pipelineError)
    }
    if failures > 0 { throw Failure(.unavailable, "\(failures) topics were not created") }
  }

  /// The topics of models: as many partitions as the input's, and settings that keep what a restore
  /// has to read close to the models that there are, and take a model whatever its size.
  private static func changelogs(
    _ definition: Definition, _ admin: borrowing TopicAdmin
  ) throws(KafkaError) -> [TopicAdmin.NewTopic] {
    let counts = try admin.partitionCounts(of: definition.input.topics)
    let bytes = max(1 << 20, 2 * definition.savedModelBytesMax)
    return zip(definition.input.topics, definition.state.changelogs).map { input, topic in
      TopicAdmin.NewTopic(
        name: topic, partitions: counts[input] ?? definition.topics.partitions,
        replication: definition.topics.replication,
        settings: [
          ("cleanup.policy", "compact"), ("min.cleanable.dirty.ratio", "0.2"),
          ("segment.ms", "3600000"), ("max.message.bytes", "\(bytes)"),
        ])
    }
  }

  /// The setting that keeps results as long as their records, whose timestamps they carry: else
  /// those of old records would be deleted at once. None where the cluster does not tell.
  private static func retention(
    of topics: [String], _ admin: borrowing TopicAdmin
  ) -> [(name: String, value: String)] {
    let name = "retention.ms"
    let limits = topics.compactMap { admin.settings(of: $0)?[name].flatMap { Int64($0) } }
    guard let longest = limits.contains(-1) ? -1 : limits.max() else { return [] }
    return [(name, "\(longest)")]
  }

  private static func describe(_ creation: TopicAdmin.Creation) -> String {
    switch creation {
    case .created: "created"
    case .existed: "is there"
    case .failed(let reason): "failed: \(reason)"
    }
  }
}

extension Definition {
  /// All topics of the pipeline, input first.
  var topicNames: [String] { resultTopics + state.changelogs }

  /// The topics of records and results.
  var resultTopics: [String] {
    input.topics + Output.allCases.compactMap { output.topic(of: $0) }
  }

  /// librdkafka's properties of this definition, with the broker's address replaced where one is
  /// given.
  func clientProperties(brokers: String? = nil) -> [(name: String, value: String)] {
    kafka.map { property in
      let isAddress = property.name == "bootstrap.servers"
      return (name: property.name, value: isAddress ? brokers ?? property.value : property.value)
    }
  }
}
