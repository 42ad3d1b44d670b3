import Admin
import Demo
import Glibc
import Kafka
import Pipeline

/// One run of the demonstration: a broker, two pipelines, two feeds, two readers and the view.
struct DemoRun {
  let plan: Plan
  let plant: Definition
  let machine: Definition
  let signals: Signals

  /// How long joining may take, and how long the last results, in nanoseconds.
  private static let joinLimit: UInt64 = 30_000_000_000
  private static let drainLimit: UInt64 = 15_000_000_000
  private static let metricsInterval: UInt64 = 200_000_000

  init(plan: Plan, plant: Definition, machine: Definition, signals: Signals) throws(Failure) {
    for definition in [plant, machine]
    where definition.output.predictions == nil || definition.output.predictionsEvery != 1 {
      throw Failure(
        .configuration, "\(definition.pipeline): the demonstration counts every prediction")
    }
    self.plan = plan
    self.plant = plant
    self.machine = machine
    self.signals = signals
  }

  /// Runs to the end of the plan, or until a signal, and says what came of it.
  ///
  /// Parts start in the order of the events' way and stop in the same order, so that nothing is
  /// left between two of them.
  func run(isJSON: Bool) throws(Failure) -> Summary {
    let script = FaultScript(sensors: plan.sensors, events: plan.ticks, seed: plan.seed)
    let plantModel = Plant(script: script, seed: plan.seed)
    let names = plantModel.sensors.map(\.name)
    let board = DemoBoard(scoreboard: Scoreboard(script: script, streams: names))
    let journal = Journal { level, line in
      if level.rawValue <= Journal.Level.warning.rawValue { board.keep(line.text) }
    }
    let broker = try startBroker(log: journal)
    let host = hostName()
    let sources = [
      DemoSource(
        definition: broker.tuned(plant), brokers: broker.bootstrapServers,
        firstStream: names.first ?? ""),
      DemoSource(
        definition: broker.tuned(machine), brokers: broker.bootstrapServers,
        firstStream: "\(host)/cpu.busy"),
    ]
    let daemons = sources.map { source in
      Daemon(
        definition: source.definition, brokers: source.brokers, instance: "demo", workers: 1,
        log: journal)
    }
    let server = try startServer(daemons)
    let site = address(of: server, plant.http)
    for daemon in daemons { daemon.start() }
    let readers = sources.map { startReader($0, board) }
    let feeds = [
      startFeed(sources[0], board) { feed throws(KafkaError) in
        try feed.play(plantModel, plan: plan)
      },
      startFeed(sources[1], board) { feed throws(KafkaError) in
        try feed.watchMachine(host: host, interval: Self.metricsInterval)
      },
    ]
    let session = DemoSession(
      plan: plan, sources: sources, daemons: daemons, board: board, signals: signals,
      server: server)
    printError("spnd demo: the live page is at \(site)")
    let seconds = session.watch(isQuiet: isJSON, join: Self.joinLimit, drain: Self.drainLimit)
    for feed in feeds { feed.join() }
    for daemon in daemons { daemon.stop() }
    for daemon in daemons { daemon.join() }
    // The readers go on for as long as the daemons may still say something.
    session.readRest()
    for reader in readers { reader.join() }
    server.stop()
    for line in board.keptLines { printError("spnd demo: \(line)") }
    if let failure = board.failure { throw failure }
    for daemon in daemons { if let failure = daemon.failure { throw Failure(failure) } }
    withExtendedLifetime(broker) {}
    return session.summary(seconds: seconds)
  }

  /// Serves both pipelines where the plant's definition says, or at any port where that is taken.
  private func startServer(_ daemons: [Daemon]) throws(Failure) -> Server {
    var settings = plant.http
    do throws(Failure) {
      return try spnd.startServer(settings, daemons.map(\.observatory))
    } catch {
      guard error.code == .unavailable else { throw error }
      settings.listen.port = 0
      return try spnd.startServer(settings, daemons.map(\.observatory))
    }
  }

  private func startBroker(log: Journal) throws(Failure) -> EmbeddedBroker {
    do throws(KafkaError) {
      let broker = try EmbeddedBroker(log: log.kafka)
      for definition in [plant, machine] {
        for topic in definition.topicNames {
          try broker.createTopic(topic, partitions: definition.topics.partitions)
        }
      }
      return broker
    } catch {
      throw Failure(error.pipelineError)
    }
  }

  private func startReader(_ source: DemoSource, _ board: DemoBoard) -> WorkerThread {
    WorkerThread(name: "demo-reader") {
      do throws(KafkaError) {
        var reader = try DemoReader(source: source, board: board)
        try reader.read()
      } catch {
        board.fail(Failure(error.pipelineError))
      }
    }
  }

  private func startFeed(
    _ source: DemoSource, _ board: DemoBoard,
    _ work: @escaping @Sendable (inout DemoFeed) throws(KafkaError) -> Void
  ) -> WorkerThread {
    WorkerThread(name: "demo-feed") { [plan] in
      do throws(KafkaError) {
        var feed = try DemoFeed(source: source, board: board, inFlightMax: plan.inFlightMax)
        try work(&feed)
      } catch {
        board.fail(Failure(error.pipelineError))
      }
      source.isFed.store(true, ordering: .releasing)
    }
  }

  private func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "localhost" : String(decoding: bytes, as: UTF8.self)
  }
}
