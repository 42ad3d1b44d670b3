internal import CProcessor
internal import CRdKafka
internal import Pipeline

#if canImport(Glibc)
  internal import Glibc
#endif

/// A member of a consumer group, or, without a subscription, a reader of given partitions.
///
/// Driven by one thread. Messages are librdkafka's own memory, lent until the next poll.
@safe package struct Consumer: ~Copyable {
  /// How long a topic may be missing before that is an error.
  static let missingTopicGrace: Duration = .seconds(30)
  /// How long the answer to `.assigned` may take to gather, while a coordinator moves or while the
  /// transaction of a member that died keeps its offsets unstable until it times out, after a
  /// minute unless set otherwise.
  static let offerLimit: Duration = .seconds(150)

  let client: Client
  /// The most records that one poll returns.
  let batchMax: Int
  /// The input topics; a record's topic is its place here.
  let topics: [String]
  /// How much of the log a group that never committed learns in silence; nil for none.
  let bootstrap: Duration?
  /// How long one request may take.
  let requestTimeout: Duration = .seconds(10)

  /// Where messages and the group's decisions wait to be polled.
  private let queue: OpaquePointer?
  /// The messages of the last poll, and the places of their topics.
  private let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
  private let places: UnsafeMutablePointer<Int32>
  /// How many of them are ours to destroy.
  private var count = 0
  /// The last message's topic handle and its place, which the next message most likely shares.
  private var lastTopic: OpaquePointer?
  private var lastPlace: Int32 = 0
  /// An error met after records that had to be returned first.
  private var deferred: KafkaError?
  /// When a missing topic becomes an error.
  private var missingDeadline: ContinuousClock.Instant?

  /// Where reading started, of every partition being read.
  private(set) var assignment: [PartitionStart] = []
  /// The ends of partitions that were read to their end.
  private(set) var ends: [TopicPartition: Int64] = [:]
  /// Records and bytes (keys and values) lent so far, and assignments taken.
  private(set) var counters = Counters()

  /// What a consumer counts.
  struct Counters {
    var records: UInt64 = 0
    var bytes: UInt64 = 0
    var assignments: UInt64 = 0
  }

  /// Starts a consumer that reads nothing yet.
  ///
  /// - Throws: `.configuration` for a property that librdkafka refuses or a topic that is a
  ///   pattern.
  package init(
    properties: [(name: String, value: String)], group: String, topics: [String],
    batchMax: Int = 1000, bootstrap: Duration? = nil,
    log: @escaping Log
  ) throws(KafkaError) {
    for topic in topics where topic.hasPrefix("^") {
      throw KafkaError(
        code: .configuration, subject: "topic \(topic)", reason: "patterns cannot be subscribed to")
    }
    let configuration = try Configuration(
      role: .consumer, properties: properties, owned: Self.owned(group: group))
    client = try Client(role: .consumer, configuration: configuration, log: log)
    self.topics = topics
    self.bootstrap = bootstrap
    self.batchMax = max(1, batchMax)
    unsafe queue = rd_kafka_queue_get_consumer(client.pointer)
    unsafe messages = .allocate(capacity: self.batchMax)
    unsafe places = .allocate(capacity: self.batchMax)
  }

  deinit {
    for index in 0..<count { unsafe rd_kafka_message_destroy(messages[index]) }
    unsafe messages.deallocate()
    unsafe places.deallocate()
    if let queue = unsafe queue { unsafe rd_kafka_queue_destroy(queue) }
  }

  /// The properties that the daemon decides.
  static func owned(group: String) -> [Configuration.Property] {
    [
      ("group.id", group), ("isolation.level", "read_committed"), ("enable.auto.commit", "false"),
      ("enable.auto.offset.store", "false"), ("auto.offset.reset", "error"),
      ("enable.partition.eof", "true"),
      // Cooperative rebalancing hangs in librdkafka before 2.6.1.
      ("partition.assignment.strategy", "range"),
    ]
  }

  /// Joins the group.
  func subscribe() throws(KafkaError) {
    let list = PartitionList()
    for topic in topics { list.add(topic: topic, partition: -1) }
    let response = unsafe rd_kafka_subscribe(client.pointer, list.pointer)
    if let error = KafkaError(response, "subscription") { throw error }
  }

  /// Waits at most `timeout` for the next thing to happen.
  mutating func poll(timeout: Duration) throws(KafkaError) -> SourceEvent {
    release()
    if let event = try pendingEvent() { return event }
    // The batch call would wait until the batch is full.
    if let first = unsafe rd_kafka_consumer_poll(client.pointer, timeout.milliseconds) {
      unsafe take(first)
      takeWaiting()
    }
    if count == 0, let event = try pendingEvent() { return event }
    return .records(count)
  }

  /// Takes what waits behind the first message, as far as there is room.
  ///
  /// A decision of the group does not end it: in 2.0.2 at least, the batch call loses the message
  /// that follows a callback which yields. Records behind a revocation are ours until it is
  /// answered; what is purged from a batch is of an assignment that has ended; and whatever was
  /// not lent is fetched again, since each answer to a decision says where to read from.
  private mutating func takeWaiting() {
    guard count < batchMax, deferred == nil, client.callbacks.rebalances.isEmpty else { return }
    let start = count
    client.callbacks.endsPoll = false
    let found = unsafe rd_kafka_consume_batch_queue(
      queue, 0, messages + start, batchMax - start)
    client.callbacks.endsPoll = true
    for index in start..<start + max(0, found) {
      if let message = unsafe messages[index] { unsafe take(message) }
    }
  }

  /// What has to be told before more is read: an error, or a decision of the group.
  private mutating func pendingEvent() throws(KafkaError) -> SourceEvent? {
    try client.checkFatal()
    if let error = deferred {
      deferred = nil
      throw error
    }
    try checkMissingTopics()
    guard !client.callbacks.rebalances.isEmpty else { return nil }
    let rebalance = client.callbacks.rebalances.removeFirst()
    guard rebalance.isAssignment else {
      return .revoked(lost: unsafe rd_kafka_assignment_lost(client.pointer) != 0)
    }
    return .assigned(try offers(for: rebalance.partitions))
  }

  /// Keeps a message, or judges the error that it stands for.
  private mutating func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
      unsafe judge(message)
      unsafe rd_kafka_message_destroy(message)
      return
    }
    guard let place = unsafe place(of: message.pointee.rkt) else {
      unsafe rd_kafka_message_destroy(message)
      return
    }
    unsafe messages[count] = message
    unsafe places[count] = place
    count += 1
    counters.records &+= 1
    unsafe counters.bytes &+= UInt64(message.pointee.len) &+ UInt64(message.pointee.key_len)
  }

  /// The place of a topic handle's topic among ours.
  private mutating func place(of topic: OpaquePointer?) -> Int32? {
    if unsafe topic == lastTopic, unsafe topic != nil { return lastPlace }
    guard let topic = unsafe topic,
      let place = place(of: unsafe String(cString: rd_kafka_topic_name(topic)))
    else { return nil }
    unsafe lastTopic = topic
    lastPlace = place
    return place
  }

  /// The place of a topic among ours.
  func place(of topic: String) -> Int32? {
    topics.firstIndex(of: topic).map { Int32(truncatingIfNeeded: $0) }
  }

  /// What to do about an error that came in a message's place.
  private mutating func judge(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) {
    let message = unsafe pointer.pointee
    let response = unsafe message.err
    let name = unsafe message.rkt.map { unsafe String(cString: rd_kafka_topic_name($0)) }
    let text = unsafe rd_kafka_message_errstr(pointer).map { unsafe String(cString: $0) }
    let subject = name.map { "topic \($0)" } ?? "consumer"
    switch response {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      if let name, let place = place(of: name) {
        let partition = unsafe TopicPartition(topic: place, partition: message.partition)
        ends[partition] = unsafe message.offset
      }
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      deferred = unsafe KafkaError(
        code: .outOfRange,
        subject: "topic \(name ?? "?") partition \(message.partition) offset \(message.offset)",
        reason: "the log does not hold this offset: \(text ?? "")", number: response.rawValue,
        place: name.map {
          unsafe RecordPlace(topic: $0, partition: message.partition, offset: message.offset)
        })
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      client.callbacks.log(4, "\(subject): does not exist yet")
      missingDeadline = missingDeadline ?? ContinuousClock.now + Self.missingTopicGrace
    case RD_KAFKA_RESP_ERR__FATAL:
      deferred = unsafe KafkaError.fatal(client.pointer, subject)
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      // Polling again joins the group again; the group's decision follows as `.revoked(lost:
      // true)`.
      client.callbacks.log(4, "consumer: \(text ?? "polled too late") (joins the group again)")
    default:
      guard let error = KafkaError(response, subject, reason: text) else { return }
      if error.code == .configuration || error.code == .fenced {
        deferred = error
      } else {
        client.callbacks.errors &+= 1
        client.callbacks.log(4, "\(error)")
      }
    }
  }

  /// Throws when a topic has been missing for longer than `missingTopicGrace`.
  private mutating func checkMissingTopics() throws(KafkaError) {
    guard let deadline = missingDeadline, ContinuousClock.now >= deadline else { return }
    missingDeadline = nil
    for topic in topics {
      guard try client.partitionCount(of: topic, timeout: requestTimeout) == nil else { continue }
      throw KafkaError.missing(topic: topic)
    }
  }

  /// Destroys the messages of the last poll.
  private mutating func release() {
    for index in 0..<count { unsafe rd_kafka_message_destroy(messages[index]) }
    count = 0
  }

  /// Reads these partitions, and no others, from these offsets; what was fetched before never
  /// surfaces.
  mutating func assign(_ starts: [PartitionStart]) throws(KafkaError) {
    release()
    let list = PartitionList()
    for start in starts {
      list.add(
        topic: topics[Int(start.partition.topic)], partition: start.partition.partition,
        offset: start.offset)
    }
    let response = unsafe rd_kafka_assign(client.pointer, list.pointer)
    if let error = KafkaError(response, "assignment") { throw error }
    unsafe lastTopic = nil
    assignment = starts
    ends.removeAll(keepingCapacity: true)
    counters.assignments &+= 1
  }

  /// Reads nothing any more.
  mutating func unassign() throws(KafkaError) {
    release()
    let response = unsafe rd_kafka_assign(client.pointer, nil)
    if let error = KafkaError(response, "assignment") { throw error }
    unsafe lastTopic = nil
    assignment = []
    ends.removeAll(keepingCapacity: true)
  }

  /// Leaves the group; what was polled is no longer lent.
  mutating func close() throws(KafkaError) {
    release()
    client.callbacks.isClosing = true
    assignment = []
    let response = unsafe rd_kafka_consumer_close(client.pointer)
    if let error = KafkaError(response, "consumer") { throw error }
  }

  /// Messages that were fetched and not polled yet.
  var queuedRecords: Int { unsafe rd_kafka_queue_length(queue) }

  /// The record at `index` of the last poll.
  @_lifetime(borrow self)
  func record(at index: Int) -> Record {
    precondition(index >= 0 && index < count)
    // `take` put it there.
    let message = unsafe messages[index].unsafelyUnwrapped
    bringNear(after: index)
    let partition = unsafe TopicPartition(
      topic: places[index], partition: message.pointee.partition)
    let key = unsafe span(message.pointee.key, message.pointee.key_len)
    let value = unsafe span(message.pointee.payload, message.pointee.len)
    let record = unsafe Record(
      partition: partition, offset: message.pointee.offset,
      timestamp: rd_kafka_message_timestamp(message, nil), key: key, value: value)
    return unsafe _overrideLifetime(record, borrowing: self)
  }

  /// Asks for messages that will soon be looked at: another thread wrote them, long ago.
  private func bringNear(after index: Int) {
    if index + 8 < count, let message = unsafe messages[index + 8] {
      unsafe spnd_prefetch(message, 192)
    }
    if index + 4 < count, let message = unsafe messages[index + 4],
      let value = unsafe message.pointee.payload
    {
      unsafe spnd_prefetch(value, min(message.pointee.len, 512))
    }
  }

  /// The bytes of a key or value; nil is Kafka's null.
  @_lifetime(borrow self)
  private func span(_ start: UnsafeMutableRawPointer?, _ count: Int) -> Span<UInt8>? {
    guard let start = unsafe start else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    let span = unsafe Span<UInt8>(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self))
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The headers of that record, copied.
  func headers(ofRecordAt index: Int) -> [Header] {
    precondition(index >= 0 && index < count)
    var list: OpaquePointer?
    let response = unsafe rd_kafka_message_headers(messages[index], &list)
    guard response == RD_KAFKA_RESP_ERR_NO_ERROR else { return [] }
    var headers: [Header] = []
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while unsafe rd_kafka_header_get_all(list, headers.count, &name, &value, &size)
      == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      let text =
        unsafe name.map {
          // Not by way of a string, which would repair what is not UTF-8.
          unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        } ?? []
      headers.append(
        Header(
          name: text,
          value: unsafe value.map {
            unsafe Array(UnsafeRawBufferPointer(start: $0, count: size))
          }))
    }
    return headers
  }
}
