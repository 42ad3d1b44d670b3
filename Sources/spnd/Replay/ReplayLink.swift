import Pipeline
import Synchronization

/// A file in place of Kafka: its lines are the records of one partition, results are lines of
/// another file.
///
/// Every worker reads the whole file and answers the streams that are its own; a chunk ends at
/// every poll, where all workers meet in the merger.
struct ReplayLink: Source, Sink, ~Copyable {
  private let file: MappedFile
  private let key: [UInt8]
  private let isCSV: Bool
  private let worker: Int
  private let merger: ReplayMerger
  /// Bytes of the file that this worker has read, for the progress bar.
  private let progress: @Sendable (Int) -> Void
  private let batch: Int
  private var cursor = 0
  private var offset: Int64 = 0
  /// Where the chunk's lines lie in the file, and the offset of its first.
  private var lines: [Range<Int>] = []
  private var firstOffset: Int64 = 0
  private var results = ReplayLines()
  private var isAssigned = false

  /// - Parameters:
  ///   - key: what stands for the Kafka key of every record: the file's name.
  ///   - isCSV: whether a line break may stand inside quotes; a header line has been read by the
  ///     caller and ends at `start`.
  init(
    file: consuming MappedFile, start: Int, key: String, isCSV: Bool, batch: Int, worker: Int,
    merger: ReplayMerger, progress: @escaping @Sendable (Int) -> Void
  ) {
    self.file = file
    self.key = Array(key.utf8)
    self.isCSV = isCSV
    self.batch = batch
    self.worker = worker
    self.merger = merger
    self.progress = progress
    cursor = start
  }

  mutating func poll(timeout: Duration) throws(PipelineError) -> SourceEvent {
    guard isAssigned else {
      let partition = TopicPartition(topic: 0, partition: 0)
      return .assigned([
        PartitionOffer(partition: partition, committed: nil, logStart: 0, logEnd: 0)
      ])
    }
    try merger.finish(&results, worker: worker)
    progress(cursor)
    readChunk()
    return lines.isEmpty ? .ended : .records(lines.count)
  }

  private mutating func readChunk() {
    lines.removeAll(keepingCapacity: true)
    firstOffset = offset
    while lines.count < batch, let line = nextLine() {
      lines.append(line)
      offset += 1
    }
  }

  private mutating func nextLine() -> Range<Int>? {
    while cursor < file.count {
      let line = line(from: cursor)
      cursor = line.next
      if !line.bytes.isEmpty { return line.bytes }
    }
    return nil
  }

  /// The line that starts at `start`, without its end, and where the next one starts.
  ///
  /// A line of nothing is no record: files end with one.
  private func line(from start: Int) -> (bytes: Range<Int>, next: Int) {
    let bytes = file.bytes
    let next = start + lineLength(bytes.extracting(start..<bytes.count))
    var end = next
    while end > start, isLineEnd(bytes[end - 1]) { end -= 1 }
    return (start..<end, next)
  }

  private func lineLength(_ bytes: Span<UInt8>) -> Int {
    if isCSV { return CSV.rowLength(bytes) ?? bytes.count }
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { return index + 1 }
    return bytes.count
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  @_lifetime(borrow self)
  func record(at index: Int) -> Record {
    Record(
      partition: TopicPartition(topic: 0, partition: 0), offset: firstOffset + Int64(index),
      timestamp: -1, key: key.span, value: file.bytes.extracting(lines[index]))
  }

  func headers(ofRecordAt index: Int) -> [Header] { [] }

  mutating func assign(_ starts: [PartitionStart]) { isAssigned = true }

  mutating func unassign() {}

  func bytesMax(of output: Output) -> Int { .max }

  mutating func append(
    to output: Output, source: TopicPartition, offset: Int64, key: Span<UInt8>?,
    value: Span<UInt8>?, headers: [Header], timestamp: Int64
  ) {
    results.bytes += "{\"\(name(of: output))\":".utf8
    if output == .deadLetters {
      appendDeadLetter(value, headers: headers)
    } else if let value {
      for index in value.indices { results.bytes.append(value[index]) }
    }
    results.bytes += "}\n".utf8
    results.lines.append(
      ReplayLines.Line(
        offset: offset, end: results.bytes.count, isHealth: output == .health))
  }

  /// A dead letter as an object: its bytes as text, its reason.
  private mutating func appendDeadLetter(_ value: Span<UInt8>?, headers: [Header]) {
    var writer = JSONWriter()
    writer.beginObject()
    if let value { writer.field("value", value) }
    for header in headers where header.name.starts(with: "__dlq.errors.".utf8) {
      writer.key(named: header.name.span.extracting(droppingFirst: "__dlq.errors.".utf8.count))
      let value = header.value ?? []
      writer.value(value.span)
    }
    writer.endObject()
    let bytes = writer.bytes
    for index in bytes.indices { results.bytes.append(bytes[index]) }
  }

  private func name(of output: Output) -> String {
    switch output {
    case .predictions: "prediction"
    case .anomalies: "anomaly"
    case .drift: "drift"
    case .health: "health"
    case .deadLetters: "dead-letter"
    }
  }

  mutating func commit(_ offsets: [CommittedOffset]) {}

  mutating func outcome(waits: Bool) -> CommitOutcome? { .committed }

  mutating func abort() {}
}
