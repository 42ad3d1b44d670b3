import Glibc
import Pipeline
import Storage

/// `spnd bench state`: what saving models costs at full load, and how long restoring them takes.
///
/// The same events go to an engine that saves and to one that does not, in turns, so that whatever
/// else the machine does meets both.
func runStateBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let folder = try BenchFolder(in: settings.state)
  var definition = try BenchEvents.definition(state: folder.path)
  definition.state.maxReplay = .seconds(60)
  do throws(PipelineError) {
    let saved = try save(definition, folder.files, settings)
    let restored = try restore(
      definition, ModelStore(folder.files), saved.committed, settings)
    var row = saved.row
    row.add("restored", restored.count)
    row.add("restore_seconds", restored.seconds)
    return [row]
  } catch {
    throw Failure(error)
  }
}

/// Works with and without saving; returns what that costs, and what was committed last. The engines
/// are gone then, as they are when a daemon starts again.
private func save(
  _ definition: Definition, _ files: ModelFiles, _ settings: BenchSettings
) throws(PipelineError) -> (row: BenchRow, committed: CommittedOffset?) {
  let streams = settings.streams ?? 100_000
  var saving = try StateEngine(definition, streams: streams, store: ModelStore(files))
  var free = try StateEngine(definition, streams: streams, store: nil)
  let seconds = settings.minutes * 60
  let turns = max(1, seconds / (2 * StateEngine.turnSeconds))
  let progress = ProgressLine(total: turns, what: "state", isQuiet: settings.isQuiet)
  try saving.warmUp()
  try free.warmUp()
  for turn in 1...turns {
    try saving.work()
    try free.work()
    progress.update(turn)
  }
  progress.finish("state")
  let replay = try saving.replay(over: definition.state.maxReplay * 3, settings)
  var row = BenchRow()
  row.add("streams", streams)
  row.add("seconds", 2 * turns * StateEngine.turnSeconds)
  row.add("events_per_second", free.eventsPerSecond)
  row.add("saving_events_per_second", saving.eventsPerSecond)
  row.add("saving_percent", (1 - saving.eventsPerSecond / free.eventsPerSecond) * 100)
  row.add("saving_cpu_percent", (saving.nanosecondsPerEvent / free.nanosecondsPerEvent - 1) * 100)
  row.add("models_saved_per_second", saving.modelsSavedPerSecond)
  row.add("replay_seconds", replay)
  return (row, try saving.finish())
}

/// Restores what was saved, with a progress line.
private func restore(
  _ definition: Definition, _ store: ModelStore, _ committed: CommittedOffset?,
  _ settings: BenchSettings
) throws(PipelineError) -> (count: Int, seconds: Double) {
  let clock = SystemClock()
  let begun = clock.monotonicNanoseconds()
  var engine = try Engine(
    definition: definition, link: MemoryLink(streams: 1, committed: committed), clock: clock,
    log: .silent, store: store)
  _ = try engine.step()
  let progress = ProgressLine(
    total: Int(engine.counters.modelsToLoad), what: "restore", isQuiet: settings.isQuiet)
  while engine.counters.restoring > 0 {
    _ = try engine.step()
    progress.update(Int(engine.counters.streams))
  }
  let seconds = Double(clock.monotonicNanoseconds() - begun) * 1e-9
  progress.finish("restore")
  return (Int(engine.counters.streams), seconds)
}

/// An engine that works in turns, and what its turns took.
private struct StateEngine: ~Copyable {
  static let turnSeconds = 5

  private var engine: Engine<MemoryLink, SystemClock>
  private let streams: Int
  private let clock = SystemClock()
  private var events: Int64 = 0
  private var saved: Int64 = 0
  private var wall: UInt64 = 0
  private var processor: UInt64 = 0

  init(_ definition: Definition, streams: Int, store: ModelStore?) throws(PipelineError) {
    self.streams = streams
    engine = try Engine(
      definition: definition, link: MemoryLink(streams: streams), clock: SystemClock(),
      log: .silent, store: store)
  }

  /// Lets every stream have its first events.
  mutating func warmUp() throws(PipelineError) {
    while engine.counters.received < 20 * Int64(streams) { _ = try engine.step() }
  }

  /// Works for a turn; the time that making the events takes does not count.
  mutating func work() throws(PipelineError) {
    let before = engine.counters
    let source = engine.link.sourceNanoseconds
    let begun = clock.monotonicNanoseconds()
    let spent = ResourceUsage.processNanoseconds()
    let end = begun + UInt64(Self.turnSeconds) * 1_000_000_000
    while clock.monotonicNanoseconds() < end { _ = try engine.step() }
    let made = engine.link.sourceNanoseconds - source
    wall += clock.monotonicNanoseconds() - begun - made
    processor += ResourceUsage.processNanoseconds() - spent - made
    events += engine.counters.received - before.received
    saved += engine.counters.savedStreams - before.savedStreams
  }

  /// Works for so long without pause; returns the longest that an event had to wait, in seconds,
  /// until a restart would not have learned it again.
  mutating func replay(
    over duration: Duration, _ settings: BenchSettings
  ) throws(PipelineError) -> Double {
    let seconds = Int(duration / .seconds(1))
    let progress = ProgressLine(total: seconds, what: "replay", isQuiet: settings.isQuiet)
    let begun = clock.monotonicNanoseconds()
    // When each position was reached, of those that are not saved.
    var reached: [(time: UInt64, position: Int64)] = []
    var longest: UInt64 = 0
    var now = begun
    while now < begun + UInt64(seconds) * 1_000_000_000 {
      _ = try engine.step()
      now = clock.monotonicNanoseconds()
      guard now - (reached.last?.time ?? 0) >= 100_000_000,
        let partition = engine.report().partitions.first
      else { continue }
      reached.append((now, partition.position))
      let saved = reached.prefix { $0.position <= partition.watermark ?? 0 }.count
      reached.removeFirst(saved)
      longest = max(longest, now - (reached.first?.time ?? now))
      progress.update(Int((now - begun) / 1_000_000_000))
    }
    progress.finish("replay")
    return Double(longest) * 1e-9
  }

  var eventsPerSecond: Double { Double(events) / Double(wall) * 1e9 }
  var modelsSavedPerSecond: Double { Double(saved) / Double(wall) * 1e9 }
  var nanosecondsPerEvent: Double { Double(processor) / Double(events) }

  /// Saves everything; returns what was committed last.
  mutating func finish() throws(PipelineError) -> CommittedOffset? {
    while engine.counters.unsavedStreams > 0 { try engine.drain() }
    return engine.link.committed
  }
}

/// A folder for models that is gone with this value.
private struct BenchFolder: ~Copyable {
  let path: String
  let files: ModelFiles

  init(in place: String) throws(Failure) {
    var template = Array("\(place)/spnd-bench-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw Failure(
        .cannotCreate,
        "cannot make a folder in \(place): \(unsafe String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    files = ModelFiles(directory: path, topics: ["events"], log: .silent)
  }

  deinit {
    for name in ["events/0.mdb", "events/0.mdb-lock", "events", ""] {
      _ = unsafe remove("\(path)/\(name)")
    }
  }
}
