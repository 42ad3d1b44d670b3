import CBench
import Glibc
import Kafka
import Pipeline
import Synchronization

/// The loop in C that consumes, copies, produces and commits, on as many threads as the daemon's.
@safe final class FloorRun: Sendable {
  private let settings: [KafkaLink.Settings]
  private let definition: Definition
  private let output: String
  private let events: Int
  // Read and written by atomic instructions alone, here and in C.
  private nonisolated(unsafe) let done: UnsafeMutablePointer<Int64>
  private nonisolated(unsafe) let stop: UnsafeMutablePointer<Int64>
  private let running: Atomic<Int>
  private let failure = Mutex<String?>(nil)

  init(_ definition: Definition, workers: Int, events: Int) {
    self.definition = definition
    self.events = events
    output = definition.output.topic(of: .predictions) ?? ""
    let kafka = KafkaSettings(
      definition: definition, brokers: nil, instance: "floor", log: .silent)
    settings = (0..<workers).map { kafka.linkSettings(worker: $0) }
    running = Atomic(workers)
    unsafe done = .allocate(capacity: 1)
    unsafe done.initialize(to: 0)
    unsafe stop = .allocate(capacity: 1)
    unsafe stop.initialize(to: 0)
  }

  deinit {
    unsafe done.deallocate()
    unsafe stop.deallocate()
  }

  /// Runs to the last event.
  func run() throws(Failure) -> LoadMeter {
    let threads = settings.indices.map { worker in
      WorkerThread(name: "worker-\(worker)") { [self] in work(worker) }
    }
    let meter = LoadMeter.watch(events: events) { [self] in
      running.load(ordering: .relaxed) == settings.count ? unsafe bench_load(done) : nil
    }
    unsafe bench_store(stop, 1)
    for thread in threads { thread.join() }
    if let failure = failure.withLock({ $0 }) { throw Failure(.unavailable, "floor: \(failure)") }
    return meter
  }

  private func work(_ worker: Int) {
    let settings = settings[worker]
    let interval = definition.processing.commitInterval / .milliseconds(1)
    // The daemon assigns its first offsets itself; the floor leaves that to librdkafka.
    let reset = [(name: "auto.offset.reset", value: "earliest")]
    let problem = unsafe lines(settings.consumerProperties + reset).withCString { consumer in
      unsafe lines(settings.producerProperties).withCString { producer in
        unsafe definition.input.topics[0].withCString { input in
          unsafe output.withCString { output in
            var floor = unsafe bench_floor(
              consumer: consumer, producer: producer,
              is_transactional: settings.guarantee == .exactlyOnce, input: input, output: output,
              commit_interval_ms: Int64(interval), batch: Int64(definition.processing.batch),
              done: done, stop: stop)
            return unsafe bench_run_floor(&floor)
          }
        }
      }
    }
    if let problem = unsafe problem {
      let text = unsafe String(cString: problem)
      unsafe free(problem)
      failure.withLock { $0 = $0 ?? text }
    }
    running.subtract(1, ordering: .relaxed)
  }

  private func lines(_ properties: [(name: String, value: String)]) -> String {
    properties.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
  }
}
