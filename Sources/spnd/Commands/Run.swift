import Admin
import Glibc
import Kafka
import Pipeline

/// `spnd run FILE`: the daemon.
enum Run: Command {
  static let name = "run"
  static let summary = "runs a definition: reads Kafka, learns, writes results to Kafka"
  static let options: [String] = []
  static let flags: [String] = []
  static let help = """
    usage: spnd run FILE

    Runs the pipeline that FILE defines until SIGTERM or SIGINT, which commit what is open and
    leave the consumer group; what was read and not committed is read again by whoever comes next.
    Logs go to standard error. SIGHUP reads FILE again: alerts, sampling and the pace of commits
    change at once, and the server's token and certificate are read anew; a definition that is
    wrong, or changes what only a restart can, is refused.

    Exit codes: 0 stopped as asked; 69 the cluster cannot be used; 73 the state directory cannot
    be used; 75 another spnd has it, or has taken this one's place; 78 the definition, or the
    group's offset, is wrong and starting again does not help.
    """

  /// How long workers may take to commit and leave.
  private static let stopLimit: UInt64 = 10_000_000_000

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = try arguments.only("FILE")
    var definition = try loadDefinition(path)
    try requireProcessor()
    guard definition.input.format == .json else {
      throw Failure(
        .configuration,
        "input.format is \(definition.input.format.rawValue), which spnd replay "
          + "alone reads; records in Kafka are json")
    }
    let log = standardErrorLog(definition.log, pipeline: definition.pipeline)
    let signals = Signals()
    let directory = try StateDirectory(path: definition.state.directory)
    let broker = try definition.isEmbedded ? startBroker(definition, log: log) : nil
    let brokers = broker?.bootstrapServers
    if let broker { definition = broker.tuned(definition) }
    let workers = try workerCount(definition, brokers: brokers, log: log)
    let daemon = Daemon(
      definition: definition, brokers: brokers, instance: directory.instance, workers: workers,
      log: log)
    let server = try startServer(definition.http, [daemon.observatory])
    // Before the workers begin: however soon they have joined, the start was extended for it.
    var service = Service()
    service.watch(daemon.observatory, now: SystemClock().monotonicNanoseconds())
    daemon.start()
    log.info("\(definition.pipeline): serves \(address(of: server, definition.http))")
    log.info("\(definition.pipeline): runs with \(workers) workers, \(Version.line)")
    let reload = Reload(path: path, daemon: daemon, server: server, broker: broker, log: log)
    watch(daemon, &service, server, reload, signals: signals, log: log)
    service.stop()
    try end(daemon, log: log)
    server.stop()
  }

  /// Waits for a signal, or for the workers' end; tells once a minute how it goes, and every five
  /// seconds while models are restored.
  private static func watch(
    _ daemon: Daemon, _ service: inout Service, _ server: Server, _ reload: Reload,
    signals: Signals, log: Journal
  ) {
    var reload = reload
    let clock = SystemClock()
    var last = daemon.counters
    var told = clock.monotonicNanoseconds()
    while daemon.isRunning {
      let now = clock.monotonicNanoseconds()
      server.tick()
      service.watch(daemon.observatory, now: now)
      reload.watch(service)
      switch signals.wait(milliseconds: reload.isUnderWay ? 10 : 250) {
      case SIGTERM?, SIGINT?:
        log.info("\(daemon.definition.pipeline): stops")
        return
      case SIGHUP?: reload.begin(service)
      default: break
      }
      guard now - told >= 5_000_000_000 else { continue }
      let counters = daemon.counters
      guard now - told >= 60_000_000_000 || counters.restoring > 0 else { continue }
      let seconds = Int((now - told) / 1_000_000_000)
      told = now
      log.info("\(daemon.definition.pipeline): \(counters.summary(since: last, seconds: seconds))")
      last = counters
    }
  }

  private static func end(_ daemon: Daemon, log: Journal) throws(Failure) {
    daemon.stop()
    let clock = SystemClock()
    let deadline = clock.monotonicNanoseconds() + stopLimit
    while daemon.isRunning {
      guard clock.monotonicNanoseconds() < deadline else {
        // Uncommitted work is done again by whoever comes next, so leaving it loses nothing.
        log.error("\(daemon.definition.pipeline): the cluster did not answer within 10 s; leaves")
        _exit(ExitCode.unavailable.rawValue)
      }
      usleep(10_000)
    }
    daemon.join()
    if let failure = daemon.failure { throw Failure(failure) }
    log.info("\(daemon.definition.pipeline): stopped; \(daemon.counters.summary())")
  }
}

/// Starts the broker in this process and makes the definition's topics in it.
func startBroker(_ definition: Definition, log: Journal) throws(Failure) -> EmbeddedBroker {
  do throws(KafkaError) {
    let broker = try EmbeddedBroker(log: log.kafka)
    for topic in definition.topicNames {
      try broker.createTopic(topic, partitions: definition.topics.partitions)
    }
    log.info(
      "\(definition.pipeline): embedded broker at \(broker.bootstrapServers), for kcat -b; it has "
        + "no transactions and forgets everything when spnd ends")
    return broker
  } catch {
    throw Failure(error.pipelineError)
  }
}

extension EmbeddedBroker {
  /// The definition with the properties that clients of this broker need, where it has none of its
  /// own.
  func tuned(_ definition: Definition) -> Definition {
    var definition = definition
    for (name, value) in properties where definition.property(name) == nil {
      definition.kafka.append(Definition.KafkaProperty(name: name, value: value))
    }
    return definition
  }
}

/// How many workers run: as asked, or one a processor, and never more than the topics have
/// partitions.
func workerCount(
  _ definition: Definition, brokers: String?, log: Journal
) throws(Failure) -> Int {
  do throws(KafkaError) {
    let admin = try TopicAdmin(
      properties: definition.clientProperties(brokers: brokers), log: { _, _ in })
    try admin.reach()
    let counts = try admin.partitionCounts(of: definition.topicNames)
    let missing = definition.topicNames.filter { counts[$0] == nil }
    guard missing.isEmpty else {
      throw KafkaError(
        code: .cluster, subject: "topic \(missing.joined(separator: ", "))",
        reason: "the cluster does not have it; spnd topics create makes what a definition names")
    }
    let partitions = definition.input.topics.compactMap { counts[$0] }.max() ?? 1
    guard case .count(let wanted) = definition.processing.workers else {
      return max(1, min(processorCount, partitions))
    }
    if wanted > partitions {
      log.warning("\(definition.pipeline): \(wanted - partitions) workers will have no partition")
    }
    return wanted
  } catch {
    throw Failure(error.pipelineError)
  }
}
