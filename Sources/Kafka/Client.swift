internal import CRdKafka

/// One of librdkafka's clients and what it tells us; closed and freed with this value.
@safe struct Client: ~Copyable {
  let pointer: OpaquePointer
  let callbacks: Callbacks

  /// Starts a client; connecting goes on in the background.
  init(
    role: Configuration.Role, configuration: consuming Configuration, log: @escaping Log
  ) throws(KafkaError) {
    let callbacks = Callbacks(log: log)
    callbacks.install(in: configuration, role: role)
    let pointer = unsafe try configuration.makeClient(role)
    if role == .consumer { unsafe rd_kafka_poll_set_consumer(pointer) }
    unsafe self.pointer = pointer
    self.callbacks = callbacks
  }

  deinit {
    callbacks.isClosing = true
    unsafe rd_kafka_destroy(pointer)
  }

  /// Serves callbacks for at most `timeout`; for clients that are not polled for records.
  func serve(timeout: Duration = .zero) {
    unsafe rd_kafka_poll(pointer, timeout.milliseconds)
  }

  /// Throws what made the client unusable, if anything did; every loop that waits for the cluster
  /// comes by here.
  func checkFatal() throws(KafkaError) {
    callbacks.beat()
    if let error = callbacks.fatal { throw error }
  }

  /// Repeats `attempt` while it fails for reasons that pass, a pause between, for at most `limit`.
  ///
  /// - Throws: the attempt's error, with what the connections last complained about.
  func retrying<R>(
    for limit: Duration, _ attempt: () throws(KafkaError) -> R
  ) throws(KafkaError) -> R {
    let deadline = ContinuousClock.now + limit
    while true {
      do throws(KafkaError) {
        return try attempt()
      } catch {
        guard error.code == .retriable, ContinuousClock.now < deadline else {
          throw explained(error)
        }
      }
      callbacks.beat()
      pause(.milliseconds(100))
    }
  }

  /// The error with what the connections last complained about, where it says nothing but "timed
  /// out".
  func explained(_ error: KafkaError) -> KafkaError {
    guard error.code == .retriable, let cause = callbacks.lastError else { return error }
    var error = error
    error.reason += " (\(cause.reason))"
    return error
  }
}
