import Pipeline

/// Adds up the CPU time and the allocations of a thread's work, run by run; the first run warms up.
struct Meter: ~Copyable {
  /// Events of one run.
  static let eventsPerRun = 200_000

  private let runs: Int
  private let progress: ProgressLine
  private var times: [Double] = []
  private var events = 0
  private var nanoseconds: UInt64 = 0
  private var allocations: UInt64 = 0
  private var startTime: UInt64 = 0
  private var startAllocations: UInt64 = 0
  private var isWarm = false
  private let name: String

  init(_ settings: BenchSettings, _ name: String) {
    runs = settings.runs
    self.name = name
    times.reserveCapacity(runs)
    progress = ProgressLine(total: runs + 1, what: name, isQuiet: settings.isQuiet)
  }

  /// Whether there are runs to make.
  var isRunning: Bool { times.count < runs }

  /// Begins a piece of work.
  mutating func start() {
    startAllocations = AllocationCount.own
    startTime = ResourceUsage.threadNanoseconds()
  }

  /// Ends it; `excluded` nanoseconds of it do not count.
  mutating func stop(events count: Int, excluding excluded: UInt64 = 0) {
    nanoseconds += ResourceUsage.threadNanoseconds() - startTime - excluded
    if isWarm { allocations += AllocationCount.own - startAllocations }
    events += count
    guard events >= Self.eventsPerRun else { return }
    if isWarm { times.append(Double(nanoseconds) / Double(events)) }
    isWarm = true
    events = 0
    nanoseconds = 0
    progress.update(times.count + 1)
  }

  /// What was measured.
  consuming func row(bytes: Int) -> BenchRow {
    progress.finish(name)
    let sample = Sample(times)
    var row = BenchRow()
    row.add("ns_per_event", sample)
    row.add("events_per_second_per_core", 1e9 / sample.median)
    row.add("bytes_per_event", bytes)
    row.add("allocations_per_event", Double(allocations) / Double(runs * Self.eventsPerRun))
    return row
  }
}
