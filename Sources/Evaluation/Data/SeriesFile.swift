import FoundationEssentials
import Pipeline
import SPN

/// A CSV file of events, read as the daemon reads records.
package struct SeriesFile: Sendable {
  package let series: Series
  /// The file's bytes, and where each event's row lies in them, without its line end.
  package let bytes: [UInt8]
  package let rows: [Range<Int>]

  /// The column that is the time, by name.
  private static let timeNames = ["timestamp", "date", "time", "datetime", "ts"]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: a CSV file with a header, one column named `timestamp`, `date`, `time`, `datetime`
  ///     or `ts` with times as RFC 3339 writes them (UTC where they name no zone), and at least one
  ///     column of numbers.
  ///   - name: the series' name.
  package init(path: String, name: String) throws(EvaluationError) {
    let bytes = try readFile(path)
    let span = bytes.span
    let start = CSV.rowLength(span) ?? span.count
    var reader = try RowReader(header: span.extracting(0..<start), path: path)
    let rows = FileRows.ranges(span, isCSV: true, from: start)
    for row in rows {
      guard let rejection = reader.read(span.extracting(row)) else { continue }
      let line = bytes[..<row.lowerBound].count { $0 == 10 } + 1
      throw EvaluationError("\(path):\(line)", rejection.message)
    }
    guard !rows.isEmpty else { throw EvaluationError(path, "it has no rows below its header") }
    self.bytes = bytes
    self.rows = rows
    series = reader.series(name: name)
  }

  /// Reads rows into columns.
  private struct RowReader: ~Copyable {
    private var decoder: Decoder
    private let channels: [String]
    private var times: [ModelTime] = []
    private var columns: [[Double]]

    init(header: Span<UInt8>, path: String) throws(EvaluationError) {
      let names = try Self.refusing(path) { () throws(PipelineError) in try CSV.header(header) }
      let time = names.first { SeriesFile.timeNames.contains($0.lowercased()) }
      let channels = names.filter { $0 != time }
      guard let time, !channels.isEmpty else {
        throw EvaluationError(
          "\(path):1",
          "its header needs one column named \(SeriesFile.timeNames.joined(separator: ", ")) and one"
            + " more")
      }
      var settings = DecoderSettings(channels: channels.compactMap(Self.pointer))
      settings.time = Self.pointer(time)
      let decoder = try Self.refusing(path) { [settings] () throws(PipelineError) in
        try Decoder(settings, format: .csv(header: names))
      }
      self.channels = channels
      self.decoder = decoder
      columns = channels.map { _ in [] }
    }

    private static func refusing<Result: ~Copyable>(
      _ path: String, _ body: () throws(PipelineError) -> Result
    ) throws(EvaluationError) -> Result {
      do throws(PipelineError) {
        return try body()
      } catch {
        throw EvaluationError("\(path):1", error.reason)
      }
    }

    private static func pointer(_ column: String) -> JSONPointer? {
      let escaped = column.split(separator: "~", omittingEmptySubsequences: false)
        .joined(separator: "~0").split(separator: "/", omittingEmptySubsequences: false)
        .joined(separator: "~1")
      return JSONPointer("/\(escaped)")
    }

    mutating func read(_ row: Span<UInt8>) -> Rejection? {
      let key: [UInt8] = [UInt8(ascii: "x")]
      let record = Record(
        partition: TopicPartition(topic: 0, partition: 0), offset: Int64(times.count),
        timestamp: -1, key: key.span, value: row)
      if let rejection = decoder.decode(record) { return rejection }
      times.append(decoder.time)
      for channel in columns.indices { columns[channel].append(decoder.values[channel]) }
      return nil
    }

    func series(name: String) -> Series {
      Series(name: name, times: times, channels: channels, columns: columns)
    }
  }
}

/// A file's bytes.
func readFile(_ path: String) throws(EvaluationError) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else {
    throw EvaluationError(path, "cannot be read; check the path and its permissions")
  }
  return Array(data)
}

/// The names in a folder, sorted.
func namesInFolder(_ path: String) throws(EvaluationError) -> [String] {
  guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
    throw EvaluationError(path, "is not a folder that can be read")
  }
  return names.sorted()
}
