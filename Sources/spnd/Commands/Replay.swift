import Evaluation
import Glibc
import Pipeline
import Synchronization

/// `spnd replay FILE --input X --output Y`: the same engine over a file, without a broker.
enum Replay: Command {
  static let name = "replay"
  static let summary = "runs a definition over a CSV or NDJSON file, without a broker"
  static let options = ["input", "output", "workers", "batch", "speed", "explain"]
  static let flags = ["quiet"]
  static let help = """
    usage: spnd replay FILE --input X.csv|X.ndjson --output Y.ndjson [--workers N] [--batch N]
      [--speed max] [--quiet]
           spnd replay FILE --input X.csv|X.ndjson --explain STREAM@OFFSET

    Reads events from a file instead of Kafka, and writes results as lines {"prediction": …},
    {"anomaly": …}, {"drift": …}, {"health": …} and {"dead-letter": …} in the order of the input.
    The output is the same, byte for byte, whatever the number of workers and the batch size, and
    the same as what the daemon says of the same events.

    The first line of a .csv file names the columns; the definition's /name is the column `name`.
    Where the definition names no stream, the file's name is the stream.

      --input FILE     a .csv file, or one JSON object a line in any other
      --output FILE    where results go; - is standard output
      --workers N      threads, 1 to 64 (1)
      --batch N        records that are worked on at a time, 1 to 1000000 (4096)
      --speed max      as fast as possible, the only speed
      --quiet          no progress
      --explain S@N    instead of results, says in words and as one JSON object a channel what made
                       the expectation and the score of stream S's event at offset N: lines are
                       counted from 0, below a header
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    var definition = try loadDefinition(arguments.only("FILE"))
    let input = try arguments.required("input")
    if let place = arguments[option: "explain"] {
      return try explain(place, definition, input: input)
    }
    let output = try arguments.required("output")
    if let speed = arguments[option: "speed"], speed != "max" {
      throw Failure(.usage, "--speed takes max, not \(speed)")
    }
    definition.input.format = input.hasSuffix(".csv") ? .csv : .json
    let run = try ReplayRun(
      definition: definition, input: input, output: output,
      workers: arguments.number("workers", in: 1...64) ?? 1,
      batch: arguments.number("batch", in: 1...1_000_000) ?? 4096,
      isQuiet: arguments.has("quiet"))
    try run.run()
  }
}

extension Replay {
  private static func explain(
    _ place: String, _ definition: Definition, input: String
  ) throws(Failure) {
    guard let separator = place.lastIndex(of: "@"),
      let offset = Int64(place[place.index(after: separator)...]), offset >= 0
    else { throw Failure(.usage, "--explain takes STREAM@OFFSET, not \(place)") }
    try requireProcessor()
    let explanations = try evaluating { () throws(EvaluationError) in
      let files = try StreamFile.group(
        path: input, definition: definition, stream: String(place[..<separator]))
      return try EventExplanation.of(
        files, offset: offset, Settings(definition), isGrouped: !definition.input.group.isEmpty)
    }
    for explanation in explanations { print(explanation.text + "\n") }
    for explanation in explanations { print(explanation.json) }
  }
}

/// One replay: the files, the threads and the progress line.
struct ReplayRun {
  let definition: Definition
  let input: String
  let output: String
  let workers: Int
  let batch: Int
  let isQuiet: Bool

  func run() throws(Failure) {
    let size = try MappedFile(path: input).count
    let descriptor = try openOutput(output)
    defer { if descriptor != STDOUT_FILENO { close(descriptor) } }
    let merger = ReplayMerger(workers: workers) { bytes in
      writeAll(bytes, to: descriptor) ? nil : outputError(output)
    }
    let progress = ProgressLine(
      total: size, what: "replaying \(input)", isQuiet: isQuiet || descriptor == STDOUT_FILENO)
    let results = Mutex<[Result<Counters, PipelineError>]>([])
    let threads = (0..<workers).map { worker in
      WorkerThread(name: "replay-\(worker)") {
        let result = work(worker, merger: merger, progress: progress)
        results.withLock { $0.append(result) }
      }
    }
    for thread in threads { thread.join() }
    var total = Counters()
    for result in results.withLock({ $0 }) {
      switch result {
      case .success(let counters): total += counters
      case .failure(let error): throw Failure(error)
      }
    }
    progress.finish(describe(total))
  }

  private func work(
    _ worker: Int, merger: ReplayMerger, progress: ProgressLine
  ) -> Result<Counters, PipelineError> {
    do throws(PipelineError) {
      let file = try openInput()
      let (header, start) = try readHeader(file)
      let link = ReplayLink(
        file: file, start: start, key: StreamFile.streamName(of: input), isCSV: header != nil,
        batch: batch,
        worker: worker,
        merger: merger, progress: { bytes in if worker == 0 { progress.update(bytes) } })
      var engine = try Engine(
        definition: definition, link: link, clock: ReplayClock(), log: Journal { _, _ in },
        shard: Shard(index: worker, count: workers), header: header)
      while try engine.step() {}
      return .success(engine.counters)
    } catch {
      return .failure(error)
    }
  }

  /// The columns' names and where the rows begin; no names where the file is not CSV.
  private func readHeader(
    _ file: borrowing MappedFile
  ) throws(PipelineError) -> (names: [String]?, end: Int) {
    guard definition.input.format == .csv else { return (nil, 0) }
    let end = CSV.rowLength(file.bytes) ?? file.count
    return (try CSV.header(file.bytes.extracting(0..<end)), end)
  }

  private func openInput() throws(PipelineError) -> MappedFile {
    do throws(Failure) {
      return try MappedFile(path: input)
    } catch {
      throw PipelineError(code: .storage, subject: input, reason: error.message)
    }
  }

  private func describe(_ counters: Counters) -> String {
    "\(counters.received) records: \(counters.predicted) predictions, \(counters.anomalies) "
      + "anomalies, \(counters.drifts) drifts, \(counters.late) late, \(counters.duplicate) "
      + "duplicates, \(counters.deadLettered) dead letters"
  }
}

/// A clock that stands still: a replay's output must not depend on when it ran.
struct ReplayClock: Clock {
  func millisecondsSince1970() -> Int64 { 0 }
  func monotonicNanoseconds() -> UInt64 { 0 }
}

/// Opens a file to write results into; `-` is standard output.
func openOutput(_ path: String) throws(Failure) -> Int32 {
  if path == "-" { return STDOUT_FILENO }
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw Failure(
      .cannotCreate, "cannot write \(path): \(unsafe String(cString: strerror(errno)))")
  }
  return descriptor
}

/// Writes all bytes; false where the system refuses, with the reason in `errno`.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var start = 0
  while start < bytes.count {
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
    }
    if count < 0 {
      if errno == EINTR { continue }
      return false
    }
    start += count
  }
  return true
}

private func outputError(_ path: String) -> PipelineError {
  PipelineError(
    code: .storage, subject: path,
    reason: "cannot write: \(unsafe String(cString: strerror(errno)))")
}
