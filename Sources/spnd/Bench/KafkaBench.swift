import Glibc
import Kafka
import Pipeline

/// `spnd bench kafka`: the whole daemon, beside the floor, on the same cluster and events.
func runKafkaBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let cluster = try BenchCluster(settings)
  try cluster.fill(streams: settings.streams ?? 10_000, isQuiet: settings.isQuiet)
  let guarantees = cluster.isEmbedded ? [false] : [true, false]
  var loops: [KafkaLoop] = []
  for isExactlyOnce in guarantees {
    loops.append(KafkaLoop(name: "spnd", isExactlyOnce: isExactlyOnce))
    loops.append(KafkaLoop(name: "floor", isExactlyOnce: isExactlyOnce))
  }
  let progress = ProgressLine(
    total: settings.runs * loops.count, what: "kafka", isQuiet: settings.isQuiet)
  // All take turns, so that whatever the machine does beside it disturbs all alike.
  for run in 0..<settings.runs {
    for index in loops.indices {
      progress.update(run * loops.count + index)
      try loops[index].measure(cluster, settings)
    }
  }
  progress.finish("kafka")
  return loops.map { $0.row(beside: loops) }
}

/// `spnd bench floor`: the price of Kafka alone.
func runFloorBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let cluster = try BenchCluster(settings)
  try cluster.fill(streams: settings.streams ?? 10_000, isQuiet: settings.isQuiet)
  var loop = KafkaLoop(name: "floor", isExactlyOnce: !cluster.isEmbedded)
  for _ in 0..<settings.runs { try loop.measure(cluster, settings) }
  return [loop.row(beside: [])]
}

/// One way from the input to the output, measured again and again.
private struct KafkaLoop {
  let name: String
  let isExactlyOnce: Bool
  private var rates: [Double] = []
  private var seconds: [Double] = []
  private var threads: [String: [Double]] = [:]
  private var allocations: [Double] = []
  private var libraryAllocations: [Double] = []

  init(name: String, isExactlyOnce: Bool) {
    self.name = name
    self.isExactlyOnce = isExactlyOnce
  }

  /// Reads all events once, as a group of its own, into a topic of its own.
  mutating func measure(_ cluster: BenchCluster, _ settings: BenchSettings) throws(Failure) {
    let definition = try BenchEvents.definition(
      topic: cluster.input, output: cluster.freshTopic(), brokers: cluster.address,
      group: cluster.freshGroup, state: cluster.directory, isExactlyOnce: isExactlyOnce,
      commitInterval: settings.commitInterval)
    let workers = settings.workerCount
    let meter =
      name == "floor"
      ? try FloorRun(definition, workers: workers, events: cluster.events).run()
      : try measureDaemon(definition, workers: workers, events: cluster.events)
    rates.append(meter.eventsPerSecond)
    seconds.append(meter.cpuSecondsPerMillion.values.reduce(0, +))
    for (thread, value) in meter.cpuSecondsPerMillion { threads[thread, default: []].append(value) }
    allocations.append(meter.allocationsPerEvent)
    libraryAllocations.append(meter.libraryAllocationsPerEvent)
  }

  /// The median rate.
  var eventsPerSecond: Double { Sample(rates).median }

  /// The medians, and how many times the floor's CPU that is.
  func row(beside loops: [KafkaLoop]) -> BenchRow {
    var row = BenchRow()
    row.add("loop", name)
    row.add("guarantee", isExactlyOnce ? "exactly_once" : "at_least_once")
    row.add("events_per_second", Sample(rates))
    row.add("cpu_s_per_million", Sample(seconds).median)
    for thread in LoadMeter.roles {
      row.add("\(thread)_s", Sample(threads[thread] ?? []).median)
    }
    row.add("allocations_per_event", Sample(allocations).median)
    row.add("library_allocations_per_event", Sample(libraryAllocations).median)
    let floor = loops.first { $0.name == "floor" && $0.isExactlyOnce == isExactlyOnce }
    row.add(
      "times_floor_cpu",
      floor.map { Sample(seconds).median / Sample($0.seconds).median } ?? 1)
    return row
  }

  private func measureDaemon(
    _ definition: Definition, workers: Int, events: Int
  ) throws(Failure) -> LoadMeter {
    let directory = try StateDirectory(path: definition.state.directory)
    let daemon = Daemon(
      definition: definition, instance: directory.instance, workers: workers, log: .silent)
    daemon.start()
    let meter = LoadMeter.watch(events: events) {
      daemon.isRunning ? daemon.counters.answered : nil
    }
    daemon.stop()
    daemon.join()
    if let failure = daemon.failure { throw Failure(failure) }
    return meter
  }
}

/// What a process spends while a count goes from a tenth to the whole.
struct LoadMeter {
  /// What threads do that count: all of the daemon's, and of the floor's.
  static let roles = ["worker", "commit", "save", "librdkafka"]

  let eventsPerSecond: Double
  /// By what the threads do; the embedded broker and those who wait left out.
  let cpuSecondsPerMillion: [String: Double]
  let allocationsPerEvent: Double
  let libraryAllocationsPerEvent: Double

  private struct Moment {
    let count: Int64
    let nanoseconds = SystemClock().monotonicNanoseconds()
    let seconds = ResourceUsage.secondsByThread()
    let own = AllocationCount.own
    let others = AllocationCount.others
  }

  /// Watches a count go up to `events`, or to its end, which is nil.
  static func watch(events: Int, count: () -> Int64?) -> LoadMeter {
    var start: Moment?
    var last = Moment(count: 0)
    while let now = count() {
      if start == nil, now >= Int64(events) / 10 { start = Moment(count: now) }
      if now > last.count, start != nil { last = Moment(count: now) }
      if now >= Int64(events) { break }
      usleep(5000)
    }
    return LoadMeter(from: start ?? last, to: last)
  }

  private init(from start: Moment, to end: Moment) {
    let events = Double(max(1, end.count - start.count))
    let elapsed = Double(end.nanoseconds - start.nanoseconds) * 1e-9
    eventsPerSecond = elapsed > 0 ? events / elapsed : 0
    var seconds: [String: Double] = [:]
    for role in Self.roles {
      let spent = (end.seconds[role] ?? 0) - (start.seconds[role] ?? 0)
      seconds[role] = spent / events * 1e6
    }
    cpuSecondsPerMillion = seconds
    allocationsPerEvent = Double(end.own - start.own) / events
    libraryAllocationsPerEvent = Double(end.others - start.others) / events
  }
}
