internal import CRdKafka

extension KafkaError {
  /// A topic that has to exist does not.
  static func missing(topic: String) -> KafkaError {
    KafkaError(
      code: .configuration, subject: "topic \(topic)",
      reason: "does not exist; create it, for instance with `spnd topics create`")
  }
}

extension Client {
  /// The number of a topic's partitions; nil where the topic does not exist.
  func partitionCount(of topic: String, timeout: Duration) throws(KafkaError) -> Int32? {
    guard let handle = unsafe rd_kafka_topic_new(pointer, topic, nil) else {
      throw KafkaError(rd_kafka_last_error(), "topic \(topic)")
        ?? KafkaError(code: .cluster, subject: "topic \(topic)", reason: "no handle")
    }
    defer { unsafe rd_kafka_topic_destroy(handle) }
    return unsafe try metadata(of: handle, timeout: timeout) {
      (metadata) throws(KafkaError) -> Int32? in
      guard unsafe metadata.topic_cnt > 0 else { return nil }
      let found = unsafe metadata.topics[0]
      let absent: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
      ]
      if absent.contains(unsafe found.err) { return nil }
      if let error = KafkaError(unsafe found.err, "topic \(topic)") { throw error }
      return unsafe found.partition_cnt
    }
  }

  /// Asks any broker for metadata, and so proves that the cluster answers.
  func reach(timeout: Duration) throws(KafkaError) {
    unsafe try metadata(of: nil, timeout: timeout) { _ in }
  }

  /// The cluster's id; empty where it has none, or does not tell in time.
  func clusterId(timeout: Duration) -> String {
    guard let id = unsafe rd_kafka_clusterid(pointer, timeout.milliseconds) else { return "" }
    defer { unsafe rd_kafka_mem_free(pointer, id) }
    return unsafe String(cString: id)
  }

  private func metadata<R>(
    of topic: OpaquePointer?, timeout: Duration,
    _ body: (rd_kafka_metadata) throws(KafkaError) -> R
  ) throws(KafkaError) -> R {
    var answer: UnsafePointer<rd_kafka_metadata>?
    let response = unsafe rd_kafka_metadata(
      pointer, 0, topic, &answer, timeout.milliseconds)
    if let error = KafkaError(response, "metadata") { throw error }
    guard let answer = unsafe answer else {
      throw KafkaError(code: .cluster, subject: "metadata", reason: "no answer")
    }
    defer { unsafe rd_kafka_metadata_destroy(answer) }
    return unsafe try body(answer.pointee)
  }

  /// The first offset that a partition's log holds and the one after its last committed record.
  func watermarks(
    topic: String, partition: Int32, timeout: Duration
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    var low: Int64 = 0
    var high: Int64 = 0
    let response = unsafe rd_kafka_query_watermark_offsets(
      pointer, topic, partition, &low, &high, timeout.milliseconds)
    if let error = KafkaError(response, "topic \(topic) partition \(partition)") { throw error }
    return (low, high)
  }
}
