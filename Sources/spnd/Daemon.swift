import Kafka
import Pipeline
import Synchronization

/// One running pipeline: worker threads that each own a consumer, a producer and the models of
/// their partitions.
///
/// Workers share nothing but this object, through which they tell what they have done and hear that
/// they shall stop.
final class Daemon: Sendable {
  private struct State {
    var counters: [Counters]
    var running: Int
    var failure: PipelineError?
  }

  let definition: Definition
  private let settings: KafkaSettings
  private let log: Journal
  private let workers: Int
  private let isStopping = Atomic(false)
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
    settings = KafkaSettings(definition: definition, brokers: brokers, instance: instance, log: log)
    let none = Array(repeating: Counters(), count: workers)
    state = Mutex(State(counters: none, running: workers, failure: nil))
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

  /// Waits until all workers are gone.
  func join() {
    for thread in threads.withLock({ $0 }) { thread.join() }
  }

  /// Whether any worker still runs.
  var isRunning: Bool { state.withLock { $0.running > 0 } }

  /// Why a worker gave up, if one did; the others then stop, too.
  var failure: PipelineError? { state.withLock { $0.failure } }

  /// What all workers have done.
  var counters: Counters {
    state.withLock { state in
      var total = Counters()
      for counters in state.counters { total += counters }
      return total
    }
  }

  private func run(_ worker: Int) {
    do throws(PipelineError) {
      try work(worker)
    } catch {
      log.error("\(definition.pipeline): worker \(worker) stops: \(error)")
      state.withLock { $0.failure = $0.failure ?? error }
      stop()
    }
    state.withLock { $0.running -= 1 }
  }

  private func work(_ worker: Int) throws(PipelineError) {
    let clock = SystemClock()
    var engine = try Engine(
      definition: definition, link: settings.link(worker: worker, workers: workers), clock: clock,
      log: log)
    var published: UInt64 = 0
    while !isStopping.load(ordering: .relaxed), try engine.step() {
      let now = clock.monotonicNanoseconds()
      guard now &- published >= 100_000_000 else { continue }
      published = now
      publish(engine.counters, worker)
    }
    try engine.drain()
    publish(engine.counters, worker)
    var link = engine.finish()
    try link.close()
  }

  private func publish(_ counters: Counters, _ worker: Int) {
    state.withLock { $0.counters[worker] = counters }
  }
}

/// What the Kafka module needs to know of a definition.
struct KafkaSettings: Sendable {
  let definition: Definition
  let brokers: String?
  let instance: String
  let log: Journal

  /// The consumer and producer of one worker.
  func link(worker: Int, workers: Int) throws(PipelineError) -> KafkaLink {
    var outputs: [Output: String] = [:]
    for output in Output.allCases { outputs[output] = definition.output.topic(of: output) }
    return try KafkaLink(
      KafkaLink.Settings(
        properties: definition.clientProperties(brokers: brokers),
        inputTopics: definition.input.topics, group: definition.group, outputs: outputs,
        guarantee: definition.processing.guarantee == .exactlyOnce ? .exactlyOnce : .atLeastOnce,
        transactionalId: "\(definition.pipeline)-\(instance)-\(worker)",
        clientId: "spnd-\(definition.pipeline)-\(worker)", worker: worker, log: log.kafka))
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
