internal import CRdKafka
public import Pipeline

/// What Kafka or librdkafka refused, with the noun that failed.
public struct KafkaError: Error, Equatable, CustomStringConvertible {
  /// The kinds of failure that a caller can act on.
  public enum Code: Sendable {
    /// A property or a topic is wrong; starting again does not help.
    case configuration
    /// Another member or producer has taken this one's place.
    case fenced
    /// The cluster refuses what we ask, or the client is beyond repair.
    case cluster
    /// The offset is outside what the log holds.
    case outOfRange
    /// The same call may succeed later: a time-out, a moving coordinator, a broken connection.
    case retriable
    /// The transaction, or the right to commit for these partitions, is gone; roll back and go on.
    case abortable
  }

  public var code: Code
  /// What failed: a property, a topic and partition, a call.
  public var subject: String
  /// Why, in librdkafka's or our words.
  public var reason: String
  /// librdkafka's number for the error, 0 where the error is ours.
  public var number: Int32
  /// The topic, partition and offset that the subject names, where it names any.
  public var place: RecordPlace?

  public init(
    code: Code, subject: String, reason: String, number: Int32 = 0, place: RecordPlace? = nil
  ) {
    self.code = code
    self.subject = subject
    self.reason = reason
    self.number = number
    self.place = place
  }

  public var description: String { "\(subject): \(reason)" }

  /// The error in the pipeline's terms.
  public var pipelineError: PipelineError {
    let code: PipelineError.Code =
      switch self.code {
      case .configuration: .configuration
      case .fenced: .fenced
      case .outOfRange: .outOfRange
      case .cluster, .retriable, .abortable: .cluster
      }
    return PipelineError(code: code, subject: subject, reason: reason, place: place)
  }
}

extension LogMessage.StringInterpolation {
  /// An error with its fields.
  mutating func appendInterpolation(_ error: KafkaError) {
    appendInterpolation(error.pipelineError)
  }
}

extension KafkaError {
  /// The error that a response code stands for; nil where it says that all is well.
  init?(_ response: rd_kafka_resp_err_t, _ subject: String, reason: String? = nil) {
    guard response != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    self.init(
      code: Self.code(of: response), subject: subject,
      reason: reason ?? Self.text(of: response), number: response.rawValue)
  }

  /// The error object that a call returned, which is destroyed; nil where there is none.
  init?(taking error: OpaquePointer?, _ subject: @autoclosure () -> String) {
    guard let error = unsafe error else { return nil }
    defer { unsafe rd_kafka_error_destroy(error) }
    let response = unsafe rd_kafka_error_code(error)
    var code = Self.code(of: response)
    // What the object says of itself outranks what its number means elsewhere.
    if code != .fenced {
      if unsafe rd_kafka_error_is_fatal(error) != 0 {
        code = .cluster
      } else if unsafe rd_kafka_error_txn_requires_abort(error) != 0 {
        code = .abortable
      } else if unsafe rd_kafka_error_is_retriable(error) != 0 {
        code = .retriable
      }
    }
    self.init(
      code: code, subject: subject(), reason: unsafe String(cString: rd_kafka_error_string(error)),
      number: response.rawValue)
  }

  /// The error that made this client unusable, if one did.
  static func fatal(_ client: OpaquePointer, _ subject: String) -> KafkaError? {
    unsafe withErrorText { text, capacity in
      guard let error = unsafe KafkaError(rd_kafka_fatal_error(client, text, capacity), subject)
      else { return nil }
      let reason = unsafe String(cString: text)
      return KafkaError(
        code: error.code == .fenced ? .fenced : .cluster, subject: subject,
        reason: "\(reason); the process must start again", number: error.number)
    }
  }

  /// Lends a buffer for one of librdkafka's error texts.
  static func withErrorText<R, E>(
    _ body: (UnsafeMutablePointer<CChar>, Int) throws(E) -> R
  ) throws(E) -> R {
    var result: Result<R, E>?
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      guard let text = buffer.baseAddress else { return }
      unsafe text.pointee = 0
      do throws(E) {
        result = .success(unsafe try body(text, buffer.count))
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("a buffer of 512 bytes has an address") }
    return try result.get()
  }

  /// librdkafka's sentence for a response code.
  static func text(of response: rd_kafka_resp_err_t) -> String {
    unsafe String(cString: rd_kafka_err2str(response))
  }

  private static func code(of response: rd_kafka_resp_err_t) -> Code {
    if fencing.contains(response.rawValue) { return .fenced }
    if passing.contains(response.rawValue) { return .retriable }
    if ousting.contains(response.rawValue) { return .abortable }
    if wrongOffset.contains(response.rawValue) { return .outOfRange }
    if mistakes.contains(response.rawValue) { return .configuration }
    return .cluster
  }

  private static let fencing: Set<Int32> = [
    RD_KAFKA_RESP_ERR__FENCED.rawValue, RD_KAFKA_RESP_ERR_PRODUCER_FENCED.rawValue,
    RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID.rawValue,
    RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED.rawValue,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH.rawValue,
  ]
  private static let passing: Set<Int32> = [
    RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE.rawValue,
    RD_KAFKA_RESP_ERR__TRANSPORT.rawValue, RD_KAFKA_RESP_ERR__WAIT_COORD.rawValue,
    RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue, RD_KAFKA_RESP_ERR__IN_PROGRESS.rawValue,
    RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS.rawValue,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE.rawValue,
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS.rawValue,
    RD_KAFKA_RESP_ERR_NOT_COORDINATOR.rawValue, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT.rawValue,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE.rawValue,
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION.rawValue,
    RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION.rawValue,
    RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT.rawValue,
    RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE.rawValue,
    RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS.rawValue,
  ]
  private static let ousting: Set<Int32> = [
    RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION.rawValue, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID.rawValue,
    RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS.rawValue,
    RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST.rawValue,
  ]
  private static let wrongOffset: Set<Int32> = [
    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue,
  ]
  private static let mistakes: Set<Int32> = [
    RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue,
    RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION.rawValue,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED.rawValue,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED.rawValue,
    RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED.rawValue,
    RD_KAFKA_RESP_ERR_INVALID_GROUP_ID.rawValue,
    RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT.rawValue,
    RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT.rawValue,
  ]
}
