internal import CRdKafka

/// What librdkafka tells us outside of a call's result.
///
/// `log` alone is read on librdkafka's threads, and never changes. Everything else is touched only
/// by callbacks that librdkafka makes inside poll, flush and commit calls, on the thread that owns
/// the client.
final class Callbacks {
  let log: Log
  /// Called on the owner's thread as long as it goes round a loop, waiting for the cluster.
  var beat: @Sendable () -> Void = {}
  /// What the group decided and the owner has not been told yet, oldest first.
  var rebalances: [Rebalance] = []
  /// Whether a decision of the group ends the poll in which it is told.
  var endsPoll = true
  /// Whether the client leaves the group, and answers the group's decisions by itself.
  var isClosing = false
  /// The last thing that went wrong with a connection; what a time-out's message should name.
  var lastError: KafkaError?
  /// How many there were.
  var errors: UInt64 = 0
  /// The error that made the client unusable.
  var fatal: KafkaError?
  /// The latest statistics, JSON.
  var statistics: [UInt8] = []
  /// Records that could not be delivered since the last commit or abort.
  var deliveryFailures = 0
  /// The first of their reasons.
  var firstFailure: KafkaError?
  /// The smallest record that a topic refused for its size, in bytes.
  var refusedBytes: [String: Int] = [:]

  init(log: @escaping Log) {
    self.log = log
  }

  /// A decision of the group.
  struct Rebalance {
    var isAssignment: Bool
    var partitions: [(topic: String, partition: Int32)]
  }

  /// Asks for the callbacks that a client of this role makes.
  func install(in configuration: borrowing Configuration, role: Configuration.Role) {
    unsafe configuration.withPointer { pointer in
      unsafe rd_kafka_conf_set_opaque(pointer, Unmanaged.passUnretained(self).toOpaque())
      unsafe rd_kafka_conf_set_log_cb(pointer, logged)
      unsafe rd_kafka_conf_set_error_cb(pointer, failed)
      unsafe rd_kafka_conf_set_stats_cb(pointer, measured)
      if role == .consumer {
        unsafe rd_kafka_conf_set_rebalance_cb(pointer, rebalanced)
      } else {
        unsafe rd_kafka_conf_set_dr_msg_cb(pointer, delivered)
      }
    }
  }

  /// The callbacks of the client whose opaque pointer this is.
  fileprivate static func at(_ opaque: UnsafeMutableRawPointer?) -> Callbacks? {
    guard let opaque = unsafe opaque else { return nil }
    return unsafe Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue()
  }
}

// The functions below are global, hence bound to no actor: librdkafka calls some of them on its own
// threads.

private func logged(
  client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?,
  text: UnsafePointer<CChar>?
) {
  guard let text = unsafe text, let callbacks = unsafe Callbacks.at(rd_kafka_opaque(client))
  else { return }
  unsafe callbacks.log(Int(level), "librdkafka: \(String(cString: text))")
}

private func failed(
  client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?,
  opaque: UnsafeMutableRawPointer?
) {
  guard let client = unsafe client, let callbacks = unsafe Callbacks.at(opaque) else { return }
  let text = unsafe reason.map { unsafe String(cString: $0) }
  let response = rd_kafka_resp_err_t(code)
  if response == RD_KAFKA_RESP_ERR__FATAL {
    callbacks.fatal = unsafe KafkaError.fatal(client, "kafka")
  } else if response != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || callbacks.lastError == nil {
    callbacks.lastError = KafkaError(response, "kafka", reason: text)
  }
  callbacks.errors &+= 1
  callbacks.log(4, "kafka: \(text ?? KafkaError.text(of: response))")
}

private func measured(
  client: OpaquePointer?, json: UnsafeMutablePointer<CChar>?, count: Int,
  opaque: UnsafeMutableRawPointer?
) -> Int32 {
  if let json = unsafe json, let callbacks = unsafe Callbacks.at(opaque) {
    callbacks.statistics = unsafe Array(UnsafeRawBufferPointer(start: json, count: count))
  }
  return 0
}

private func rebalanced(
  client: OpaquePointer?, response: rd_kafka_resp_err_t,
  partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
  opaque: UnsafeMutableRawPointer?
) {
  guard let callbacks = unsafe Callbacks.at(opaque) else { return }
  guard !callbacks.isClosing else {
    unsafe rd_kafka_assign(client, nil)
    return
  }
  callbacks.rebalances.append(
    Callbacks.Rebalance(
      isAssignment: response == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS,
      partitions: unsafe PartitionList.entries(of: partitions).map { ($0.topic, $0.partition) }))
  // The owner commits first and answers then.
  if callbacks.endsPoll { unsafe rd_kafka_yield(client) }
}

private func delivered(
  client: OpaquePointer?, message: UnsafePointer<rd_kafka_message_t>?,
  opaque: UnsafeMutableRawPointer?
) {
  guard let message = unsafe message?.pointee, unsafe message.err != RD_KAFKA_RESP_ERR_NO_ERROR,
    let callbacks = unsafe Callbacks.at(opaque)
  else { return }
  let response = unsafe message.err
  // Thrown away by us in an abort.
  guard response != RD_KAFKA_RESP_ERR__PURGE_QUEUE,
    response != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
  else { return }
  callbacks.deliveryFailures += 1
  let isTooLarge = response == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
  guard isTooLarge || callbacks.firstFailure == nil else { return }
  let topic = unsafe message.rkt.map { unsafe String(cString: rd_kafka_topic_name($0)) } ?? "?"
  if callbacks.firstFailure == nil {
    callbacks.firstFailure = KafkaError(response, "topic \(topic)")
  }
  if isTooLarge {
    let size = unsafe message.len + message.key_len
    callbacks.refusedBytes[topic] = min(callbacks.refusedBytes[topic] ?? size, size)
  }
}
