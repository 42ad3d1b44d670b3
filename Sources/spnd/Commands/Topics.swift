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

    Creates every topic that the definition names and the cluster does not have, with the partitions and the replication of its
    section `topics`. Topics that are there are left as they are.
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
    let topics = definition.topicNames.map {
      TopicAdmin.Topic(
        name: $0, partitions: definition.topics.partitions,
        replication: definition.topics.replication)
    }
    do throws(KafkaError) {
      let admin = try TopicAdmin(properties: definition.clientProperties(), log: { _, _ in })
      var failures = 0
      for result in try admin.create(topics) {
        print("\(result.name): \(result.outcome)")
        if case .failed = result.outcome { failures += 1 }
      }
      guard failures == 0 else {
        throw KafkaError(code: .cluster, subject: "topics", reason: "\(failures) were not created")
      }
    } catch {
      throw Failure(PipelineError(error))
    }
  }
}

extension Definition {
  /// All topics of the pipeline, input first.
  var topicNames: [String] {
    input.topics + Output.allCases.compactMap { output.topic(of: $0) }
  }

  /// librdkafka's properties of this definition, with the broker's address replaced where one is given.
  func clientProperties(brokers: String? = nil) -> [Configuration.Property] {
    kafka.map { property in
      let isAddress = property.name == "bootstrap.servers"
      return (name: property.name, value: isAddress ? brokers ?? property.value : property.value)
    }
  }
}
