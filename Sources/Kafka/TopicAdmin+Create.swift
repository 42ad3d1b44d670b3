internal import CRdKafka

extension TopicAdmin {
  /// A topic to create.
  public struct NewTopic: Sendable {
    public var name: String
    public var partitions: Int
    /// Copies of each partition; −1 leaves it to the broker.
    public var replication: Int
    /// The broker's topic settings, as `("cleanup.policy", "compact")`.
    public var settings: [(name: String, value: String)]

    public init(
      name: String, partitions: Int, replication: Int = -1,
      settings: [(name: String, value: String)] = []
    ) {
      self.name = name
      self.partitions = partitions
      self.replication = replication
      self.settings = settings
    }
  }

  /// What became of a topic that was to be created.
  public enum Creation: Equatable, Sendable {
    case created, existed
    case failed(String)
  }

  /// Creates topics and says what became of each, in their order.
  ///
  /// - Throws: if the cluster did not answer the request as a whole.
  public func create(_ topics: [NewTopic]) throws(KafkaError) -> [Creation] {
    guard !topics.isEmpty else { return [] }
    var results = [Creation](repeating: .failed("no answer for this topic"), count: topics.count)
    let requests = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: topics.count)
    var count = 0
    defer {
      unsafe rd_kafka_NewTopic_destroy_array(requests, count)
      unsafe requests.deallocate()
    }
    for (index, topic) in topics.enumerated() {
      do throws(KafkaError) {
        unsafe requests[count] = try Self.request(topic)
        count += 1
      } catch {
        results[index] = .failed(error.reason)
      }
    }
    guard count > 0 else { return results }
    let event = unsafe try ask("topics", RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
      unsafe rd_kafka_CreateTopics(client.pointer, requests, count, options, queue)
    }
    defer { unsafe rd_kafka_event_destroy(event) }
    for (name, creation) in unsafe Self.creations(event) {
      for index in topics.indices where topics[index].name == name { results[index] = creation }
    }
    return results
  }

  /// A topic in librdkafka's terms.
  private static func request(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer? {
    var reason = ""
    let request = unsafe KafkaError.withErrorText { text, capacity -> OpaquePointer? in
      let request = unsafe rd_kafka_NewTopic_new(
        topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replication), text,
        capacity)
      reason = unsafe String(cString: text)
      return unsafe request
    }
    guard let request = unsafe request else {
      throw KafkaError(code: .configuration, subject: "topic \(topic.name)", reason: reason)
    }
    for setting in topic.settings {
      unsafe rd_kafka_NewTopic_set_config(request, setting.name, setting.value)
    }
    return unsafe request
  }

  private static func creations(_ event: OpaquePointer) -> [(String, Creation)] {
    var count = 0
    guard let result = unsafe rd_kafka_event_CreateTopics_result(event),
      let topics = unsafe rd_kafka_CreateTopics_result_topics(result, &count)
    else { return [] }
    return (0..<count).map { index in
      let topic = unsafe topics[index]
      let name = unsafe String(cString: rd_kafka_topic_result_name(topic))
      let response = unsafe rd_kafka_topic_result_error(topic)
      if response == RD_KAFKA_RESP_ERR_NO_ERROR { return (name, .created) }
      if response == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { return (name, .existed) }
      let text = unsafe rd_kafka_topic_result_error_string(topic)
        .map { unsafe String(cString: $0) }
      return (name, .failed(text ?? KafkaError.text(of: response)))
    }
  }

  /// Sends an administrative request and waits for its one answer, the caller's to destroy.
  func ask(
    _ subject: String, _ operation: rd_kafka_admin_op_t,
    _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void
  ) throws(KafkaError) -> OpaquePointer {
    let queue = unsafe rd_kafka_queue_new(client.pointer)
    defer { unsafe rd_kafka_queue_destroy(queue) }
    let options = unsafe rd_kafka_AdminOptions_new(client.pointer, operation)
    defer { unsafe rd_kafka_AdminOptions_destroy(options) }
    let timeout = Self.requestTimeout.milliseconds
    unsafe rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
    unsafe send(options, queue)
    // The request times out by itself; the margin keeps a late answer from being lost.
    guard let event = unsafe rd_kafka_queue_poll(queue, timeout + 5000) else {
      throw KafkaError(code: .retriable, subject: subject, reason: "no answer in time")
    }
    let response = unsafe rd_kafka_event_error(event)
    let reason = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) }
    if let error = KafkaError(response, subject, reason: reason) {
      unsafe rd_kafka_event_destroy(event)
      throw error
    }
    return unsafe event
  }
}
