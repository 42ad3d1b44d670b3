import Demo
import FoundationEssentials
import Kafka
import Pipeline

/// Reads all results of one pipeline: counts predictions, judges alarms and drifts, and keeps what
/// the view draws.
struct DemoReader: ~Copyable {
  private static let publishInterval: UInt64 = 200_000_000

  private let source: DemoSource
  private let board: DemoBoard
  private let clock = SystemClock()
  /// The outputs that are read, by their topics' places.
  private let kinds: [Output]
  private var reader: TopicReader
  private var gallery = ChartGallery()
  private var published: UInt64 = 0

  init(source: DemoSource, board: DemoBoard) throws(KafkaError) {
    self.source = source
    self.board = board
    let output = source.definition.output
    kinds = [.predictions, .anomalies, .drift, .deadLetters].filter { output.topic(of: $0) != nil }
    reader = try TopicReader(
      properties: source.properties, topics: kinds.compactMap { output.topic(of: $0) },
      from: .beginning, log: { [board] level, line in if level <= 4 { board.keep(line.text) } })
  }

  /// Reads until told to end.
  mutating func read() throws(KafkaError) {
    while !board.isReaderEnding.load(ordering: .relaxed) {
      let count = try reader.poll(timeout: .milliseconds(100))
      let now = clock.monotonicNanoseconds()
      var predictions = 0
      for index in 0..<count {
        let record = reader.record(at: index)
        switch kinds[Int(record.partition.topic)] {
        case .predictions:
          predictions += 1
          gallery.note(key: record.key, prediction: record.value)
        case .anomalies:
          guard let anomaly = Self.decode(AnomalyRecord.self, record.value) else { break }
          report(anomaly)
          gallery.show(stream: anomaly.stream, nanoseconds: now)
        case .drift:
          guard let drift = Self.decode(DriftRecord.self, record.value) else { break }
          report(drift)
        case .deadLetters: source.deadLetters.add(1, ordering: .relaxed)
        case .health: break
        }
      }
      source.predictions.add(predictions, ordering: .relaxed)
      publish(now)
    }
  }

  private func report(_ anomaly: AnomalyRecord) {
    guard anomaly.state == "open" else { return }
    board.report(
      .alarm, stream: anomaly.stream, time: anomaly.time, what: anomaly.severity ?? "",
      explanation: anomaly.explanation ?? "")
  }

  private func report(_ drift: DriftRecord) {
    board.report(
      .drift, stream: drift.stream, time: drift.time, what: drift.kind,
      explanation: drift.explanation ?? "")
  }

  /// Hands the chart in view over, a few times a second.
  private mutating func publish(_ now: UInt64) {
    guard now - published >= Self.publishInterval, let chart = gallery.current else { return }
    published = now
    source.chart.withLock { $0 = chart }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ value: Span<UInt8>?
  ) -> Value? {
    guard let value else { return nil }
    return try? JSONDecoder().decode(type, from: Data(value.indices.map { value[$0] }))
  }
}
