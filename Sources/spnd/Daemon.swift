import Kafka
import Pipeline
import Storage
import Synchronization

/// One running pipeline: worker threads that each own a consumer, a producer and the models of
/// their partitions.
///
/// Workers share nothing but this object, through which they tell what they have done and hear that
/// they shall stop.
final class Daemon: Sendable {
  private struct State {
    var running: Int
    var failure: PipelineError?
  }

  let definition: Definition
  /// What the workers show, and where they are asked.
  let observatory: Observatory
  private let settings: KafkaSettings
  private let log: Journal
  private let workers: Int
  /// Where models are saved; nil where the broker forgets what they learned from.
  private let files: ModelFiles?
  private let isStopping = Atomic(false)
  /// How many definitions were handed over, and up to which each worker has taken them.
  private let generation = Atomic(0)
  private let adopted: Mutex<[Int]>
  private let state: Mutex<State>
  private let threads = Mutex<[WorkerThread]>([])

  /// Prepares to run a definition.
  ///
  /// - Parameters:
  ///   - brokers: stands in for the definition's `bootstrap.servers` where the broker is embedded.
  ///   - instance: names the transactions of this state directory.
  ///   - workers: threads, at least 1.
  init(
    definition: Definition, brokers: String? = nil, instance: String, workers: Int, log: Journal
  ) {
    self.definition = definition
    self.log = log
    self.workers = workers
    files =
      definition.isEmbedded
      ? nil
      : ModelFiles(
        directory: definition.state.directory + "/models", topics: definition.input.topics,
        log: log)
    settings = KafkaSettings(definition: definition, brokers: brokers, instance: instance, log: log)
    state = Mutex(State(running: workers, failure: nil))
    adopted = Mutex(Array(repeating: 0, count: workers))
    observatory = Observatory(definition: definition, workers: workers, clock: SystemClock())
  }

  /// Starts the workers and returns at once.
  func start() {
    threads.withLock { threads in
      threads = (0..<workers).map { worker in
        WorkerThread(name: "worker-\(worker)") { [self] in run(worker) }
      }
    }
  }

  /// Asks the workers to commit and leave; returns at once.
  func stop() { isStopping.store(true, ordering: .relaxed) }

  /// Hands the workers a new definition, which they take between two transactions; returns at
  /// once.
  func adopt(_ definition: Definition) {
    observatory.adopt(definition)
    generation.add(1, ordering: .releasing)
  }

  /// Whether all workers work by the definition that was handed over last.
  var isAdopted: Bool {
    let last = generation.load(ordering: .acquiring)
    return adopted.withLock { $0.allSatisfy { $0 == last } }
  }

  /// Waits until all workers are gone.
  func join() {
    for thread in threads.withLock({ $0 }) { thread.join() }
  }

  /// Whether any worker still runs.
  var isRunning: Bool { state.withLock { $0.running > 0 } }

  /// Why a worker gave up, if one did; the others then stop, too.
  var failure: PipelineError? { state.withLock { $0.failure } }

  /// What all workers have done.
  var counters: Counters { observatory.counters }

  private func run(_ worker: Int) {
    do throws(PipelineError) {
      try work(worker)
    } catch {
      log.error("\(definition.pipeline): worker \(worker) stops: \(error)")
      state.withLock { $0.failure = $0.failure ?? error }
      stop()
    }
    observatory.end(worker)
    state.withLock { $0.running -= 1 }
  }

  private func work(_ worker: Int) throws(PipelineError) {
    let clock = SystemClock()
    let beat = { @Sendable [observatory] in
      observatory.beat(worker, now: SystemClock().monotonicNanoseconds())
    }
    var engine = try Engine(
      definition: definition, link: settings.link(worker: worker, beat: beat), clock: clock,
      log: log, store: files.map { ModelStore($0) }, memory: definition.state.memory / workers)
    var published: UInt64 = 0
    var taken = 0
    while !isStopping.load(ordering: .relaxed), try engine.step() {
      let now = clock.monotonicNanoseconds()
      observatory.beat(worker, now: now)
      let handed = generation.load(ordering: .acquiring)
      if handed != taken {
        let definition = observatory.definition
        try engine.adopt(definition, memory: definition.state.memory / workers)
        taken = handed
        adopted.withLock { $0[worker] = handed }
      }
      while let question = observatory.nextQuestion(to: worker) { try engine.answer(question) }
      guard now &- published >= 100_000_000 else { continue }
      published = now
      observatory.publish(
        engine.report(), notices: engine.takeNotices(), worker: worker, clock: clock)
    }
    try engine.drain()
    observatory.publish(
      engine.report(), notices: engine.takeNotices(), worker: worker, clock: clock)
    var link = engine.finish()
    try link.close()
  }
}

/// What the Kafka module needs to know of a definition.
struct KafkaSettings: Sendable {
  let definition: Definition
  let brokers: String?
  let instance: String
  let log: Journal

  /// The consumer and producer of one worker.
  func link(
    worker: Int, beat: @escaping @Sendable () -> Void
  ) throws(PipelineError) -> KafkaLink {
    var settings = linkSettings(worker: worker)
    settings.beat = beat
    return try KafkaLink(settings)
  }

  /// What they need to know.
  func linkSettings(worker: Int) -> KafkaLink.Settings {
    var outputs: [Output: String] = [:]
    for output in Output.allCases { outputs[output] = definition.output.topic(of: output) }
    var settings = KafkaLink.Settings(
      properties: definition.clientProperties(brokers: brokers),
      inputTopics: definition.input.topics, group: definition.group, outputs: outputs,
      guarantee: definition.processing.guarantee == .exactlyOnce ? .exactlyOnce : .atLeastOnce,
      transactionalId: "\(definition.pipeline)-\(instance)-\(worker)",
      clientId: "spnd-\(definition.pipeline)-\(worker)", worker: worker, log: log.kafka)
    settings.bootstrap = definition.input.bootstrap
    settings.changelogs = definition.state.changelogs
    settings.changelogBytes = definition.savedModelBytesMax
    return settings
  }
}

extension Journal {
  /// The same log for librdkafka's lines.
  var kafka: Kafka.Log {
    { level, message in
      self.message(Level(rawValue: level) ?? (level < 4 ? .error : .info), message)
    }
  }
}
