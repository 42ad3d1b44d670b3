internal import CRdKafka

/// What is asked of a cluster as a whole: whether it answers, its topics and their settings.
public struct TopicAdmin: ~Copyable {
  /// How long a cluster may take to answer.
  public static let requestTimeout: Duration = .seconds(15)

  let client: Client
  private let servers: String

  /// Starts a client; connecting goes on in the background.
  public init(
    properties: [(name: String, value: String)], log: @escaping Log
  ) throws(KafkaError) {
    // A consumer, because a producer's questions may create the topics that they are about.
    let configuration = try Configuration(role: .consumer, properties: properties)
    client = try Client(role: .consumer, configuration: configuration, log: log)
    servers =
      properties.last { $0.name == "bootstrap.servers" || $0.name == "metadata.broker.list" }?
      .value ?? ""
  }

  /// Proves that the cluster answers.
  ///
  /// - Throws: an error that names the address and what the connections complained about.
  public func reach(timeout: Duration = requestTimeout) throws(KafkaError) {
    do throws(KafkaError) {
      try client.reach(timeout: timeout)
    } catch {
      client.serve()
      var error = client.explained(error)
      error.subject = "bootstrap.servers \(servers)"
      throw error
    }
  }

  /// The number of partitions of each topic that exists.
  public func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    var counts: [String: Int] = [:]
    for topic in topics {
      let count = try client.retrying(for: Self.requestTimeout) { () throws(KafkaError) in
        try client.partitionCount(of: topic, timeout: Self.requestTimeout)
      }
      if let count { counts[topic] = Int(count) }
    }
    return counts
  }

  /// The cluster's id; nil where it does not tell one in time.
  public func clusterId() -> String? {
    let text = unsafe rd_kafka_clusterid(client.pointer, Self.requestTimeout.milliseconds)
    guard let text = unsafe text else { return nil }
    defer { unsafe rd_kafka_mem_free(client.pointer, text) }
    return unsafe String(cString: text)
  }
}
