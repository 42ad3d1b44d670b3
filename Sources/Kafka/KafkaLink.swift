public import Pipeline

/// One worker's consumer and producer: where its records come from and where its results go.
///
/// Built, driven and closed by one thread.
public struct KafkaLink: ~Copyable {
  // Before the consumer, which must outlive a commit that is under way.
  var committer: Committer
  var consumer: Consumer
  /// What is appended while a commit is under way.
  var outbox = Outbox()
  /// How the last commit ended, until that is told.
  var settled: CommitOutcome?
  /// What the producer had counted when the last commit ended.
  var produced = Producer.Counters()
  /// The most bytes that one record may have, by the topic's place among the producer's.
  private(set) var bytesMax: [Int] = []
  public let cluster: String
  let guarantee: Guarantee
  /// The topics that models are written to and stores are filled from.
  var changelogs: Changelogs
  /// The place of each output's topic among the producer's, by the output's raw value; −1 has none.
  private let places: [Int]

  /// What a crash may do to results.
  public enum Guarantee: Sendable {
    /// Results and offsets become visible together, in one transaction.
    case exactlyOnce
    /// Results are delivered before their offsets, and so may be delivered again after a crash.
    case atLeastOnce
  }

  /// What a link needs to know.
  public struct Settings: Sendable {
    /// librdkafka's properties, verbatim; `bootstrap.servers` among them.
    public var properties: [(name: String, value: String)]
    /// The topics to read; a `TopicPartition`'s topic is a place here.
    public var inputTopics: [String]
    public var group: String
    /// The topic of each output; an output without a topic is never written.
    public var outputs: [Output: String]
    public var guarantee: Guarantee
    /// How much of the log a group that never committed learns in silence; nil for none.
    public var bootstrap: Duration?
    /// The compacted topic of each input topic's models, in their order; or none.
    public var changelogs: [String] = []
    /// The most bytes that a changelog's record may have.
    public var changelogBytes = 0
    /// Who writes; a second link with the same id fences the first. For `exactlyOnce` alone.
    public var transactionalId: String
    /// The name that the broker's logs show, unless the properties give another.
    public var clientId: String
    /// The worker's place in its process; keeps static members of one process apart.
    public var worker: Int
    /// The most records that one poll lends, at least 1.
    public var batchMax: Int
    public var log: Log
    /// Called, on the thread that drives the link, while it waits for the cluster: proof of life.
    public var beat: @Sendable () -> Void = {}

    public init(
      properties: [(name: String, value: String)], inputTopics: [String], group: String,
      outputs: [Output: String], guarantee: Guarantee, transactionalId: String,
      clientId: String = "spnd", worker: Int = 0, batchMax: Int = 1000,
      log: @escaping Log
    ) {
      self.properties = properties
      self.inputTopics = inputTopics
      self.group = group
      self.outputs = outputs
      self.guarantee = guarantee
      self.transactionalId = transactionalId
      self.clientId = clientId
      self.worker = worker
      self.batchMax = batchMax
      self.log = log
    }

    /// The properties of this worker's clients.
    var own: [(name: String, value: String)] {
      var own = properties
      for index in own.indices where own[index].name == "group.instance.id" {
        own[index].value += "-\(worker)"
      }
      if !own.contains(where: { $0.name == "client.id" }) {
        own.append(("client.id", clientId))
      }
      return own
    }
  }

  /// Looks the topics up, fences a predecessor, and joins the group.
  ///
  /// - Throws: `.configuration` for a property or topic that is wrong or missing, `.cluster` if the
  ///   cluster cannot be reached, `.fenced`.
  public init(_ settings: Settings) throws(PipelineError) {
    do throws(KafkaError) {
      let properties = settings.own
      let outputs = Output.allCases.compactMap { output in
        settings.outputs[output].map { (output, $0) }
      }
      let topics = try Self.lookUp(
        settings, outputs: outputs.map(\.1), properties: properties)
      let producer = try Producer(
        properties: properties, topics: topics,
        transactionalId: settings.guarantee == .exactlyOnce ? settings.transactionalId : nil,
        log: settings.log)
      let consumer = try Consumer(
        properties: properties, group: settings.group, topics: settings.inputTopics,
        batchMax: settings.batchMax, bootstrap: settings.bootstrap, log: settings.log)
      producer.client.callbacks.beat = settings.beat
      consumer.client.callbacks.beat = settings.beat
      try consumer.subscribe()
      var places = Output.allCases.map { _ in -1 }
      for (place, (output, _)) in outputs.enumerated() { places[output.rawValue] = place }
      self.places = places
      cluster = consumer.client.clusterId(timeout: consumer.requestTimeout)
      changelogs = Changelogs(settings, topics: topics)
      self.consumer = consumer
      committer = Committer(producer)
      guarantee = settings.guarantee
      learnLimits()
    } catch {
      throw error.pipelineError
    }
  }

  /// What the cluster says of the outputs' topics; the inputs have to exist as well.
  private static func lookUp(
    _ settings: Settings, outputs: [String], properties: [(name: String, value: String)]
  ) throws(KafkaError) -> [Producer.Topic] {
    let (inputs, outputs) = (settings.inputTopics, outputs + settings.changelogs)
    let admin = try TopicAdmin(properties: properties, log: settings.log)
    try admin.reach()
    let counts = try admin.partitionCounts(of: inputs + outputs)
    for topic in inputs + outputs where counts[topic] == nil {
      throw KafkaError.missing(topic: topic)
    }
    for topic in inputs {
      let policy = admin.settings(of: topic)?["cleanup.policy"] ?? "delete"
      guard !policy.contains("compact") else {
        throw KafkaError(
          code: .configuration, subject: "topic \(topic)",
          reason: "has cleanup.policy=\(policy): records that compaction removes cannot be replayed"
        )
      }
    }
    let messageMax = properties.last { $0.name == "message.max.bytes" }.flatMap { Int($0.value) }
    let limits = admin.recordBytesMax(of: outputs)
    try Changelogs.check(settings, admin, counts: counts, limits: limits)
    return outputs.map { topic in
      Producer.Topic(
        name: topic, partitionCount: Int32(truncatingIfNeeded: counts[topic] ?? 1),
        bytesMax: min(messageMax ?? 1_000_000, limits[topic] ?? 1_048_576))
    }
  }

  /// Throws away what is not committed and leaves the group, so that others take over at once.
  public mutating func close() throws(PipelineError) {
    do throws(KafkaError) {
      try settle(waits: true)
      defer { committer.producer.client.serve() }
      try committer.producer.abort()
      try consumer.close()
    } catch {
      throw error.pipelineError
    }
  }

  /// What the link has done since it was made.
  public struct Counters: Sendable, Equatable {
    /// Records read, and the bytes of their keys and values.
    public var recordsRead: UInt64
    public var bytesRead: UInt64
    /// Results appended, and the bytes of their keys and values, whatever became of them.
    public var recordsWritten: UInt64
    public var bytesWritten: UInt64
    public var commits: UInt64
    public var aborts: UInt64
    /// How often `assign` was called: rebalances and rewinds.
    public var assignments: UInt64
    /// Results that the cluster did not take; each aborts its commit.
    public var deliveryFailures: UInt64
  }

  /// What the link has done since it was made; while a commit is under way, what the producer had
  /// done before it.
  public var counters: Counters {
    let producer = production
    return Counters(
      recordsRead: consumer.counters.records, bytesRead: consumer.counters.bytes,
      recordsWritten: producer.records, bytesWritten: producer.bytes,
      commits: producer.commits, aborts: producer.aborts,
      assignments: consumer.counters.assignments,
      deliveryFailures: producer.deliveryFailures)
  }

  /// What the producer has done, as far as that may be looked at.
  var production: Producer.Counters { committer.isBusy ? produced : committer.producer.report }

  /// Records between where reading stands and the ends of the logs, over the partitions being read.
  public func lag() -> Int64 { consumer.lag() }

  /// librdkafka's latest statistics as JSON, empty unless `statistics.interval.ms` is set; no
  /// commit may be under way.
  public var statistics: (consumer: [UInt8], producer: [UInt8]) {
    (consumer.client.callbacks.statistics, committer.producer.client.callbacks.statistics)
  }

  /// Notes how large records may be; a topic that refused one lowers its limit.
  mutating func learnLimits() {
    bytesMax = committer.producer.topics.indices.map { committer.producer.bytesMax(of: $0) }
  }

  /// The place of an output's topic among the producer's.
  func place(of output: Output) -> Int? {
    let place = places[output.rawValue]
    return place < 0 ? nil : place
  }
}
