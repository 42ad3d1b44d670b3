internal import CRdKafka
public import Pipeline

/// librdkafka's mock cluster: brokers inside this process, on ports of the loopback interface.
///
/// For demonstrations and tests: it keeps 5 MiB or 100,000 batches per partition in memory, stores
/// no offsets of transactions, and shows aborted records. Runs until nobody holds on to it.
///
/// Sendable because it never changes, and the mock cluster has threads and locks of its own.
@safe public final class EmbeddedBroker: @unchecked Sendable {
  private let client: Client
  private let cluster: OpaquePointer

  /// What to put into `bootstrap.servers`.
  public let bootstrapServers: String

  /// Starts `brokers` brokers, at least 1.
  public init(brokers: Int = 1, log: @escaping Log = { _, _ in }) throws(KafkaError) {
    let configuration = Configuration()
    let client = try Client(role: .producer, configuration: configuration, log: log)
    guard let cluster = unsafe rd_kafka_mock_cluster_new(client.pointer, Int32(clamping: brokers))
    else {
      throw KafkaError(code: .cluster, subject: "embedded broker", reason: "did not start")
    }
    unsafe spnd_mock_group_delay(cluster, 0)
    bootstrapServers = unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    self.client = client
    unsafe self.cluster = cluster
  }

  deinit { unsafe rd_kafka_mock_cluster_destroy(cluster) }

  /// The properties of clients of this broker: its address, heartbeats fast enough that its groups
  /// form in seconds, since it forms them anew only when the old members' sessions would have
  /// ended, and short fetches, since one that finds nothing waits for its whole time.
  public var properties: [(name: String, value: String)] {
    [
      ("bootstrap.servers", bootstrapServers), ("session.timeout.ms", "6000"),
      ("heartbeat.interval.ms", "500"), ("fetch.wait.max.ms", "20"),
    ]
  }

  /// Creates a topic.
  public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
    let response = unsafe rd_kafka_mock_topic_create(
      cluster, name, Int32(clamping: partitions), 1)
    if let error = KafkaError(response, "topic \(name)") { throw error }
  }

  /// The requests that can be made to fail.
  package enum Request: Int16, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case syncGroup = 14
    case initProducerId = 22
    case addPartitions = 24
    case addOffsets = 25
    case endTransaction = 26
    case transactionOffsets = 28
  }

  /// Makes the next requests of a kind fail with these of Kafka's error numbers, in their order.
  package func fail(_ request: Request, with numbers: [Int32]) {
    let responses = numbers.map { rd_kafka_resp_err_t($0) }
    unsafe responses.withUnsafeBufferPointer { buffer in
      unsafe rd_kafka_mock_push_request_errors_array(
        cluster, request.rawValue, buffer.count, buffer.baseAddress)
    }
  }

  /// Makes every broker unreachable, or reachable again.
  package func setDown(_ isDown: Bool) {
    if isDown {
      unsafe rd_kafka_mock_broker_set_down(cluster, -1)
    } else {
      unsafe rd_kafka_mock_broker_set_up(cluster, -1)
    }
  }

  /// Makes every answer take this long.
  package func setDelay(_ delay: Duration) {
    unsafe rd_kafka_mock_broker_set_rtt(cluster, -1, delay.milliseconds)
  }
}
