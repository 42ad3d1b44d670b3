internal import CRdKafka

extension TopicAdmin {
  /// A topic's settings by name, as the broker has them; nil where it does not tell.
  public func settings(of topic: String) -> [String: String]? {
    // An embedded broker never answers this request, and librdkafka would wait for it.
    guard let cluster = clusterId(), !cluster.hasPrefix("mockCluster") else { return nil }
    guard let resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
    else { return nil }
    defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
    var resources: [OpaquePointer?] = unsafe [resource]
    do throws(KafkaError) {
      let event = unsafe try ask("settings", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { options, queue in
        unsafe rd_kafka_DescribeConfigs(client.pointer, &resources, 1, options, queue)
      }
      defer { unsafe rd_kafka_event_destroy(event) }
      return unsafe Self.settings(event)
    } catch {
      client.callbacks.log(6, "topic \(topic): settings unknown: \(error.reason)")
      return nil
    }
  }

  /// The most bytes that a topic takes in one batch, of each topic that tells.
  func recordBytesMax(of topics: [String]) -> [String: Int] {
    var limits: [String: Int] = [:]
    for topic in topics {
      // A broker that does not tell of one topic tells of none.
      guard let settings = settings(of: topic) else { return limits }
      limits[topic] = settings["max.message.bytes"].flatMap { Int($0) }
    }
    return limits
  }

  private static func settings(_ event: OpaquePointer) -> [String: String]? {
    var count = 0
    guard let result = unsafe rd_kafka_event_DescribeConfigs_result(event),
      let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count), count > 0,
      let resource = unsafe resources[0],
      unsafe rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR,
      let entries = unsafe rd_kafka_ConfigResource_configs(resource, &count)
    else { return nil }
    var settings: [String: String] = [:]
    for index in 0..<count {
      guard let name = unsafe rd_kafka_ConfigEntry_name(entries[index]),
        let value = unsafe rd_kafka_ConfigEntry_value(entries[index])
      else { continue }
      settings[unsafe String(cString: name)] = unsafe String(cString: value)
    }
    return settings
  }
}
