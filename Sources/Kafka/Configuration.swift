internal import CRdKafka

/// librdkafka's configuration of one client, ours until a client takes it over.
@safe struct Configuration: ~Copyable {
  private var pointer: OpaquePointer?

  /// Nothing but librdkafka's own defaults.
  init() {
    unsafe pointer = rd_kafka_conf_new()
  }

  /// The daemon's defaults for a role, then the user's properties for it, then what the daemon
  /// owns.
  ///
  /// - Throws: `.configuration`, naming the property that is unknown, invalid or not the user's to
  ///   set.
  init(
    role: Role, properties: [Property], owned: [Property] = []
  ) throws(KafkaError) {
    self.init()
    for property in Self.defaults(for: role) { try set(property) }
    for property in properties {
      if let error = Self.check(name: property.name, value: property.value) { throw error }
      // librdkafka would log a warning for a property of the other kind of client at each start.
      guard Self.applies(property.name, to: role) else { continue }
      try set(property)
    }
    for property in owned { try set(property) }
  }

  deinit {
    if let pointer = unsafe pointer { unsafe rd_kafka_conf_destroy(pointer) }
  }

  /// One of librdkafka's properties, verbatim.
  typealias Property = (name: String, value: String)

  /// What a client is for.
  enum Role {
    case consumer, producer

    /// The role in librdkafka's terms.
    var type: rd_kafka_type_t { self == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER }
  }

  /// Sets one property.
  func set(_ property: Property) throws(KafkaError) {
    let error = unsafe KafkaError.withErrorText { text, capacity -> KafkaError? in
      let result = unsafe rd_kafka_conf_set(
        pointer, property.name, property.value, text, capacity)
      guard result != RD_KAFKA_CONF_OK else { return nil }
      return unsafe KafkaError(
        code: .configuration, subject: property.name, reason: String(cString: text))
    }
    if let error { throw error }
  }

  /// Lends the configuration to the calls that set callbacks.
  func withPointer(_ body: (OpaquePointer?) -> Void) {
    unsafe body(pointer)
  }

  /// Makes a client of it.
  mutating func makeClient(_ role: Role) throws(KafkaError) -> OpaquePointer {
    var error: KafkaError?
    let client = unsafe KafkaError.withErrorText { text, capacity -> OpaquePointer? in
      let client = unsafe rd_kafka_new(role.type, pointer, text, capacity)
      if unsafe client == nil {
        error = unsafe KafkaError(
          code: .configuration, subject: "kafka", reason: String(cString: text))
      }
      return unsafe client
    }
    guard let client = unsafe client else {
      throw error ?? KafkaError(code: .configuration, subject: "kafka", reason: "no client")
    }
    // A client that exists owns its configuration.
    unsafe pointer = nil
    return unsafe client
  }

  /// What the daemon prefers to librdkafka's defaults; the user may choose otherwise.
  static func defaults(for role: Role) -> [Property] {
    switch role {
    case .consumer:
      [
        // Else a backlog stalls about a second at a time; the bytes below are the bound. Messages
        // of 100 bytes take four times as much again for librdkafka's own account of them.
        ("queued.min.messages", "1000000"),
        ("queued.max.messages.kbytes", "32768"),
      ]
    case .producer:
      [
        // A commit sends what lingers at once, so waiting costs no latency and saves requests. An
        // idempotent producer has one request of a partition under way, and as long as more is
        // due than that, librdkafka's thread goes round without a pause.
        ("linger.ms", "500"),
        ("partitioner", "murmur2_random"),
        // librdkafka's default is five minutes, longer than a transaction may last.
        ("transaction.timeout.ms", "60000"),
        ("message.timeout.ms", "45000"),
      ]
    }
  }
}

extension KafkaLink.Settings {
  /// Every property of this worker's consumer that is not librdkafka's default.
  package var consumerProperties: [(name: String, value: String)] {
    inForce(.consumer, owned: Consumer.owned(group: group))
  }

  /// Every property of this worker's producer that is not librdkafka's default.
  package var producerProperties: [(name: String, value: String)] {
    let id = guarantee == .exactlyOnce ? transactionalId : nil
    return inForce(.producer, owned: Producer.owned(transactionalId: id))
  }

  private func inForce(
    _ role: Configuration.Role, owned: [Configuration.Property]
  ) -> [Configuration.Property] {
    let properties = own.filter { Configuration.applies($0.name, to: role) }
    return Configuration.defaults(for: role) + properties + owned
  }
}
