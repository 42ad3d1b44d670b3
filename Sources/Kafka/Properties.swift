internal import CRdKafka

#if canImport(Glibc)
  internal import Glibc
#endif

/// What may stand under `kafka:` in a definition: librdkafka's properties less those that the
/// daemon decides.
public enum Properties {
  /// The properties that the daemon decides, each with the reason that the user is given.
  public static let owned: [String: String] = {
    let commits =
      "the daemon commits offsets together with results; `processing.commit-interval` says how often"
    let assignor =
      "the daemon uses the range assignor, which every librdkafka gets right; `group.instance.id` "
      + "keeps partitions where they were over a restart"
    let delivery =
      "the daemon needs every result acknowledged, in order and once; `processing.guarantee` says "
      + "what a crash may cost"
    return [
      "isolation.level": "the daemon reads committed records only",
      "enable.auto.commit": commits,
      "auto.commit.enable": commits,
      "auto.commit.interval.ms": commits,
      "enable.auto.offset.store": commits,
      "offset.store.method": commits,
      "auto.offset.reset":
        "where to start is decided by `bootstrap:`, and an offset that is gone is never skipped",
      "transactional.id":
        "the daemon makes it of `pipeline` and `state.directory`, so that a restarted worker fences "
        + "the old one",
      "enable.idempotence": delivery,
      "enable.gapless.guarantee": delivery,
      "acks": delivery,
      "request.required.acks": delivery,
      "delivery.report.only.error": "the daemon counts failed deliveries",
      "produce.offset.report": "the daemon counts failed deliveries",
      "partition.assignment.strategy": assignor,
      "group.protocol": assignor,
      "group.remote.assignor": assignor,
      "enable.partition.eof": "the daemon measures its lag with it",
      "test.mock.num.brokers": "`bootstrap.servers: embedded` starts a broker",
      "log.queue": "the daemon logs for librdkafka",
      "opaque": "the daemon keeps its own state there",
      "default_topic_conf": "topic properties stand beside the others",
      "interceptors": "they are code, not settings",
    ]
  }()

  /// librdkafka's properties by name, as this version of it lists them.
  public static var known: [String] { table.keys.sorted() }

  /// Why a property cannot stand under `kafka:`, without connecting; nil where it can.
  public static func check(name: String, value: String) -> KafkaError? {
    if let reason = owned[name] {
      return KafkaError(code: .configuration, subject: name, reason: "cannot be set: \(reason)")
    }
    if name.hasSuffix("_cb") {
      return KafkaError(
        code: .configuration, subject: name, reason: "cannot be set: callbacks are code")
    }
    do throws(KafkaError) {
      try Configuration().set((name, value))
      return nil
    } catch {
      return error
    }
  }

  /// The kinds of client that a property is for.
  struct Scope {
    var consumer: Bool
    var producer: Bool
  }

  /// Every property of this librdkafka with its scope.
  static let table: [String: Scope] = {
    var scopes: [String: Scope] = [:]
    for line in listing().split(separator: "\n") {
      let columns = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
      guard columns.count == 3 else { continue }
      let name = columns[0].filter { $0 != " " }
      let scope = columns[1].filter { $0 != " " }
      guard scope == "*" || scope == "C" || scope == "P" else { continue }
      // A property of both clients and topics is listed twice.
      let before = scopes[name] ?? Scope(consumer: false, producer: false)
      scopes[name] = Scope(
        consumer: before.consumer || scope != "P", producer: before.producer || scope != "C")
    }
    return scopes
  }()

  /// The table that librdkafka prints of its properties.
  private static func listing() -> String {
    var text: UnsafeMutablePointer<CChar>?
    var size = 0
    guard let file = unsafe open_memstream(&text, &size) else { return "" }
    unsafe rd_kafka_conf_properties_show(file)
    unsafe fclose(file)
    guard let text = unsafe text else { return "" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}

extension Configuration {
  /// Why the user may not set a property, or nil.
  static func check(name: String, value: String) -> KafkaError? {
    Properties.check(name: name, value: value)
  }

  /// Whether a property means anything to this kind of client.
  static func applies(_ name: String, to role: Role) -> Bool {
    guard let scope = Properties.table[name] else { return true }
    return role == .consumer ? scope.consumer : scope.producer
  }
}
