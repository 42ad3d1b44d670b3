import CBench
import Glibc
import Kafka
import Pipeline
import Synchronization

/// A cluster to measure against, with one topic full of events.
final class BenchCluster: Sendable {
  /// What an embedded broker, which forgets, can hold.
  private static let embeddedEvents = 100_000

  let address: String
  let isEmbedded: Bool
  let events: Int
  let partitions: Int
  let input: String
  /// A directory that lives as long as this, for the daemons' models.
  let directory: String
  private let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)
  private let broker: EmbeddedBroker?
  private let made = Atomic(0)

  /// Starts the embedded broker where no other is named, and makes the topic of events.
  init(_ settings: BenchSettings) throws(Failure) {
    partitions = settings.partitions
    isEmbedded = settings.brokers == nil
    do throws(KafkaError) {
      let local = settings.brokers == nil ? try EmbeddedBroker() : nil
      broker = local
      address = settings.brokers ?? local?.bootstrapServers ?? ""
    } catch {
      throw Failure(error.pipelineError)
    }
    events = settings.events ?? (isEmbedded ? Self.embeddedEvents : 1_000_000)
    input = "spnd-bench-\(run)-events"
    directory = "/tmp/spnd-bench-\(run)"
    try makeTopic(input)
  }

  deinit {
    unsafe bench_remove_directory(directory)
  }

  /// A topic that nobody has written to, with one for its dead letters beside it.
  func freshTopic() throws(Failure) -> String {
    let name = "spnd-bench-\(run)-results-\(made.add(1, ordering: .relaxed).newValue)"
    try makeTopic(name)
    try makeTopic(name + "-dead")
    return name
  }

  /// A group that has never read.
  var freshGroup: String {
    "spnd-bench-\(run)-\(made.add(1, ordering: .relaxed).newValue)"
  }

  /// Writes all events into the input topic.
  func fill(streams: Int, isQuiet: Bool) throws(Failure) {
    let progress = ProgressLine(total: events, what: "filling \(input)", isQuiet: isQuiet)
    var source = BenchEvents(streams: streams)
    do throws(KafkaError) {
      var producer = try producer(lingerMilliseconds: 50)
      for index in 0..<events {
        source.advance()
        try producer.append(
          to: 0, partition: Int32(source.stream % partitions), key: source.key.bytes,
          value: source.value.bytes, headers: [], timestamp: 0)
        if index % 1000 == 0 { progress.update(index) }
      }
      guard try producer.flush() == .committed else {
        throw KafkaError(code: .cluster, subject: "topic \(input)", reason: "did not take events")
      }
    } catch {
      throw Failure(error.pipelineError)
    }
    progress.finish("\(events) events")
  }

  /// A producer of events.
  func producer(lingerMilliseconds: Int) throws(KafkaError) -> Producer {
    try Producer(
      properties: [
        ("bootstrap.servers", address), ("linger.ms", "\(lingerMilliseconds)"),
      ],
      topics: [
        Producer.Topic(name: input, partitionCount: Int32(partitions), bytesMax: 1_000_000)
      ], transactionalId: nil, log: { _, _ in })
  }

  private func makeTopic(_ name: String) throws(Failure) {
    do throws(KafkaError) {
      if let broker { return try broker.createTopic(name, partitions: partitions) }
      let admin = try TopicAdmin(
        properties: [("bootstrap.servers", address)], log: { _, _ in })
      try admin.reach()
      let topic = TopicAdmin.NewTopic(name: name, partitions: partitions)
      guard case .failed(let reason)? = try admin.create([topic]).first else { return }
      throw KafkaError(code: .cluster, subject: "topic \(name)", reason: reason)
    } catch {
      throw Failure(error.pipelineError)
    }
  }
}
