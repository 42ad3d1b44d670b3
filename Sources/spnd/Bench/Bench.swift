import Glibc
import Pipeline

/// `spnd bench`: how fast it is on this machine, and beside what.
enum Bench: Command {
  static let name = "bench"
  static let summary = "measures how fast it is on this machine"
  static let options = [
    "runs", "streams", "events", "brokers", "partitions", "workers", "rate", "commit-interval",
    "minutes", "state",
  ]
  static let flags = ["json", "quiet"]
  static let help = """
    usage: spnd bench [BENCHMARK …] [--json] [options]

    Without a name it runs all that need no broker: model, decode, encode and pipeline.

      model      the network alone: one hot stream, 10,000 and 1,000,000 in random order, or as
                 many as half of the free memory holds
      decode     JSON events of 150 bytes in
      encode     predictions as JSON out
      pipeline   decode, model, encode on one thread over 10,000 streams, without Kafka
      kafka      consume, pipeline, produce, commit: exactly once and at least once
      floor      the same loop in C against librdkafka with a copy in the place of the pipeline:
                 what Kafka itself costs; runs beside kafka
      latency    from produce to committed result at 10, 50 and 80 % of the sustainable rate, over
                 15 seconds after a warm-up of 5
      state      the pipeline over 100,000 streams with and without saving them every minute, for
                 --minutes; then how long an event waits at most until a restart would not
                 learn it again, over three minutes, and how long it takes to restore them
      soak       the pipeline at full load for --minutes: memory must not grow

      --runs N             repeats; the median counts, beside the spread of the middle half (5)
      --streams N          streams, in model in place of its three sizes (10000)
      --events N           events of one run, for kafka, floor and latency (1000000)
      --brokers HOST:PORT  a cluster for kafka, floor and latency; without it a broker inside
                           this process, which has no transactions and holds 100,000 events
      --partitions N       of the input (8)
      --workers N          threads (one a processor)
      --rate N             events a second that latency takes for sustainable; without it measured
      --commit-interval D  for latency (100ms)
      --minutes N          for soak and state (30)
      --state DIR          where state makes its folder, 17 KB a stream (/tmp)
      --json               ends with one JSON object: {"results": [{"benchmark": …}, …]}
      --quiet              no progress

    Times are CPU time of the threads that do the work, so that a busy machine disturbs little;
    throughput and latency are by the clock. Allocations are counted, not estimated. Topics that a
    benchmark makes begin with spnd-bench- and stay.
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    try requireProcessor()
    let known = BenchSuite.all.map(\.name)
    for word in arguments.positions where !known.contains(word) {
      throw Failure(
        .usage, "there is no benchmark \(word); there are \(known.joined(separator: ", "))")
    }
    let settings = try BenchSettings(arguments)
    AllocationCount.begin()
    let chosen =
      arguments.positions.isEmpty
      ? BenchSuite.all.filter { !$0.needsBroker && !$0.isLong }
      : BenchSuite.all.filter { arguments.positions.contains($0.name) }
    var report = BenchReport()
    for benchmark in chosen {
      let rows = try benchmark.run(settings)
      report.add(benchmark.name, rows)
      print(report.table(of: benchmark.name))
    }
    if arguments.has("json") { print(report.json) }
  }
}

/// The benchmarks by their names.
struct BenchSuite: Sendable {
  let name: String
  var needsBroker = false
  var isLong = false
  let run: @Sendable (BenchSettings) throws(Failure) -> [BenchRow]

  static let all: [BenchSuite] = [
    BenchSuite(name: "model", run: runModelBench),
    BenchSuite(name: "decode", run: runDecodeBench),
    BenchSuite(name: "encode", run: runEncodeBench),
    BenchSuite(name: "pipeline", run: runPipelineBench),
    BenchSuite(name: "kafka", needsBroker: true, run: runKafkaBench),
    BenchSuite(name: "floor", needsBroker: true, run: runFloorBench),
    BenchSuite(name: "latency", needsBroker: true, run: runLatencyBench),
    BenchSuite(name: "state", isLong: true, run: runStateBench),
    BenchSuite(name: "soak", isLong: true, run: runSoak),
  ]
}

/// What the command line asks for.
struct BenchSettings: Sendable {
  var runs = 5
  var streams: Int?
  var events: Int?
  var brokers: String?
  var partitions = 8
  var workers: Int?
  var rate: Int?
  var commitInterval = "100ms"
  var minutes = 30
  var state = "/tmp"
  var isQuiet = false

  /// Threads that share the partitions: as asked, or one a processor.
  var workerCount: Int {
    workers ?? max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), partitions))
  }

  init(_ arguments: Arguments) throws(Failure) {
    runs = try arguments.number("runs", in: 1...1000) ?? runs
    streams = try arguments.number("streams", in: 1...100_000_000)
    events = try arguments.number("events", in: 10_000...1_000_000_000)
    brokers = arguments[option: "brokers"]
    partitions = try arguments.number("partitions", in: 1...1000) ?? partitions
    workers = try arguments.number("workers", in: 1...256)
    rate = try arguments.number("rate", in: 100...100_000_000)
    commitInterval = arguments[option: "commit-interval"] ?? commitInterval
    minutes = try arguments.number("minutes", in: 1...100_000) ?? minutes
    state = arguments[option: "state"] ?? state
    isQuiet = arguments.has("quiet")
  }
}

extension Journal {
  /// A log that nobody reads.
  static let silent = Journal { _, _ in }
}
