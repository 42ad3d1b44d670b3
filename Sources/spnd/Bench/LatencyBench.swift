import Glibc
import Kafka
import Pipeline
import Synchronization

/// `spnd bench latency`: from an event's production to its committed result, by the millisecond
/// stamps that Kafka keeps with every record.
func runLatencyBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let sustainable: Int
  if let rate = settings.rate {
    sustainable = rate
  } else {
    sustainable = try LatencyRun(settings).sustainableRate()
  }
  var rows: [BenchRow] = []
  for share in [10, 50, 80] {
    let run = try LatencyRun(settings, rate: max(100, sustainable * share / 100))
    rows.append(try run.run(loadPercent: share))
  }
  return rows
}

/// One daemon under a steady stream of events, and one reader of its results.
private final class LatencyRun: Sendable {
  /// Seconds that events flow, and how many of them at first do not count.
  private static let seconds = 20
  private static let warmUpSeconds = 5
  /// How long the last results may take.
  private static let patience: UInt64 = 30_000_000_000
  /// The events on their way where they flow as fast as results come.
  private static let underWayMax = 50_000

  private let settings: BenchSettings
  private let cluster: BenchCluster
  private let definition: Definition
  /// Events a second; nil for as many as have their results read meanwhile.
  private let rate: Int?
  private let produced = Atomic(0)
  /// Results that were read.
  private let shown = Atomic(0)
  /// Results that were read from the end of the warm-up to that of the feeding.
  private let shownSteadily = Atomic(0)
  private let isFed = Atomic(false)
  /// When the warm-up is over, in milliseconds since 1970: what was produced before does not count.
  private let warm = Atomic(Int64.max)
  private let failure = Mutex<KafkaError?>(nil)
  private let latencies = Mutex<[Double]>([])

  init(_ settings: BenchSettings, rate: Int? = nil) throws(Failure) {
    self.settings = settings
    self.rate = rate
    let cluster = try BenchCluster(settings)
    self.cluster = cluster
    definition = try BenchEvents.definition(
      topic: cluster.input, output: cluster.freshTopic(), brokers: cluster.address,
      group: cluster.freshGroup, state: cluster.directory, isExactlyOnce: !cluster.isEmbedded,
      commitInterval: settings.commitInterval)
  }

  /// The events a second that can be fed, answered and read on this machine at the same time.
  func sustainableRate() throws(Failure) -> Int {
    try run()
    return shownSteadily.load(ordering: .relaxed) / (Self.seconds - Self.warmUpSeconds)
  }

  func run(loadPercent: Int) throws(Failure) -> BenchRow {
    try run()
    let sample = Sample(latencies.withLock { $0 })
    var row = BenchRow()
    row.add("load_percent", loadPercent)
    row.add("events_per_second", produced.load(ordering: .relaxed) / Self.seconds)
    row.add("p50_ms", sample.median)
    row.add("p99_ms", sample.quantile(0.99))
    row.add("p99.9_ms", sample.quantile(0.999))
    row.add("max_ms", sample.quantile(1))
    return row
  }

  private func run() throws(Failure) {
    let directory = try StateDirectory(path: definition.state.directory)
    let daemon = Daemon(
      definition: definition, instance: directory.instance, workers: settings.workerCount,
      log: .silent)
    daemon.start()
    // Both: at first one worker has all partitions, until the others have joined.
    while daemon.isRunning,
      !daemon.observatory.isRestored || daemon.counters.partitions != cluster.partitions
    {
      usleep(10_000)
    }
    let reader = WorkerThread(name: "reader") { self.report(self.read) }
    let feed = WorkerThread(name: "feed") { self.report(self.feed) }
    feed.join()
    isFed.store(true, ordering: .relaxed)
    reader.join()
    daemon.stop()
    daemon.join()
    if let error = failure.withLock({ $0 }) { throw Failure(error.pipelineError) }
    if let failure = daemon.failure { throw Failure(failure) }
  }

  private func report(_ work: () throws(KafkaError) -> Void) {
    do throws(KafkaError) {
      try work()
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }

  /// Sends events in bursts of a millisecond, as a producer with librdkafka's defaults does.
  private func feed() throws(KafkaError) {
    let clock = SystemClock()
    var source = BenchEvents(streams: settings.streams ?? 10_000)
    var producer = try cluster.producer(lingerMilliseconds: 5)
    let start = clock.monotonicNanoseconds()
    warm.store(
      clock.millisecondsSince1970() + Int64(Self.warmUpSeconds * 1000), ordering: .relaxed)
    var shownBefore: Int?
    while true {
      let elapsed = Double(clock.monotonicNanoseconds() - start) * 1e-9
      if elapsed >= Double(Self.seconds) { break }
      let shown = shown.load(ordering: .relaxed)
      if shownBefore == nil, elapsed >= Double(Self.warmUpSeconds) { shownBefore = shown }
      let due = rate.map { Int(elapsed * Double($0)) } ?? shown + Self.underWayMax
      while source.count < due {
        source.advance()
        try producer.append(
          to: 0, partition: Int32(source.stream % cluster.partitions), key: source.key.bytes,
          value: source.value.bytes, headers: [], timestamp: clock.millisecondsSince1970())
      }
      usleep(1000)
    }
    shownSteadily.store(
      shown.load(ordering: .relaxed) - (shownBefore ?? 0), ordering: .relaxed)
    _ = try producer.flush()
    produced.store(source.count, ordering: .relaxed)
  }

  /// Reads committed results until all have come.
  private func read() throws(KafkaError) {
    let clock = SystemClock()
    var reader = try TopicReader(
      properties: [("bootstrap.servers", cluster.address), ("fetch.wait.max.ms", "10")],
      topics: [definition.output.topic(of: .predictions) ?? ""], from: .beginning,
      log: { _, _ in })
    var found: [Double] = []
    var count = 0
    var last = clock.monotonicNanoseconds()
    while !isFed.load(ordering: .relaxed) || count < produced.load(ordering: .relaxed) {
      let batch = try reader.poll(timeout: .milliseconds(20))
      let now = clock.millisecondsSince1970()
      for index in 0..<batch {
        count += 1
        let produced = reader.record(at: index).timestamp
        guard rate != nil, produced >= warm.load(ordering: .relaxed) else { continue }
        found.append(Double(now - produced))
      }
      shown.store(count, ordering: .relaxed)
      if batch > 0 { last = clock.monotonicNanoseconds() }
      guard clock.monotonicNanoseconds() - last < Self.patience else {
        throw KafkaError(
          code: .cluster, subject: "results", reason: "stopped coming after \(count) events")
      }
    }
    latencies.withLock { $0 = found }
  }
}
