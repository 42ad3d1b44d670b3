package import Pipeline

/// The events of one stream in a file of many, read as `spnd replay` reads it.
package struct StreamFile: Sendable {
  package let series: Series
  /// The offset of each event's record in the file: lines are counted from 0, below a header.
  package let offsets: [Int64]

  /// Reads a stream's events; records that are no events are left out, as the daemon would.
  ///
  /// - Parameters:
  ///   - path: a `.csv` file with a header, or one JSON object a line in any other.
  ///   - stream: the stream's name; nil for the file's only one.
  package init(
    path: String, definition: Definition, stream: String? = nil
  ) throws(EvaluationError) {
    var found = Found(channels: definition.input.values.map(\.name))
    var others: Set<String> = []
    try Self.read(path, definition) { reader, offset in
      let name = text(reader.stream)
      guard name == stream ?? found.name ?? name else {
        if others.count < 5 { others.insert(name) }
        return
      }
      found.append(reader, name: name, offset: offset)
    }
    guard found.name != nil else {
      throw EvaluationError(
        path,
        "has no event of \(stream ?? "any stream"); there are "
          + (others.isEmpty ? "no others" : others.sorted().joined(separator: ", ")))
    }
    if stream == nil, let other = others.min() {
      throw EvaluationError(path, "has several streams; name one, such as \(other)")
    }
    series = found.series
    offsets = found.offsets
  }

  /// A stream, and after it the others of its group, if it has one, in the order of their names.
  package static func group(
    path: String, definition: Definition, stream: String
  ) throws(EvaluationError) -> [StreamFile] {
    let own = try StreamFile(path: path, definition: definition, stream: stream)
    guard !definition.input.group.isEmpty else { return [own] }
    let group = text(definition.input.group(of: Array(stream.utf8).span))
    var others: [String: Found] = [:]
    try read(path, definition) { reader, offset in
      let name = text(reader.stream)
      guard name != stream, text(definition.input.group(of: reader.stream)) == group else { return }
      others[name, default: Found(channels: own.series.channels)].append(
        reader, name: name, offset: offset)
    }
    return [own] + others.sorted { $0.key < $1.key }.map { StreamFile($0.value) }
  }

  private init(_ found: Found) {
    series = found.series
    offsets = found.offsets
  }

  /// Lends the events of a file with their offsets; records that are no events are left out.
  private static func read(
    _ path: String, _ definition: Definition, _ body: (borrowing Decoder, Int64) -> Void
  ) throws(EvaluationError) {
    let bytes = try readFile(path)
    let span = bytes.span
    let isCSV = path.hasSuffix(".csv")
    let start = isCSV ? CSV.rowLength(span) ?? span.count : 0
    var reader = try reader(definition, isCSV ? span.extracting(0..<start) : nil, path: path)
    let key = Array(streamName(of: path).utf8)
    for (offset, row) in FileRows.ranges(span, isCSV: isCSV, from: start).enumerated() {
      let record = Record(
        partition: TopicPartition(topic: 0, partition: 0), offset: Int64(offset), timestamp: -1,
        key: key.span, value: span.extracting(row))
      guard reader.decode(record) == nil else { continue }
      body(reader, Int64(offset))
    }
  }

  /// A stream's events so far.
  private struct Found {
    var name: String?
    var offsets: [Int64] = []
    var series: Series

    init(channels: [String]) {
      series = Series(name: "", times: [], channels: channels, columns: channels.map { _ in [] })
    }

    mutating func append(_ decoder: borrowing Decoder, name: String, offset: Int64) {
      self.name = name
      series.name = name
      offsets.append(offset)
      series.times.append(decoder.time)
      for channel in series.columns.indices {
        series.columns[channel].append(decoder.values[channel])
      }
    }
  }

  private static func reader(
    _ definition: Definition, _ header: Span<UInt8>?, path: String
  ) throws(EvaluationError) -> Decoder {
    do throws(PipelineError) {
      let settings = try DecoderSettings(definition.input)
      guard let header else { return try Decoder(settings) }
      return try Decoder(settings, format: .csv(header: CSV.header(header)))
    } catch {
      throw EvaluationError(path, error.description)
    }
  }

  /// A file's name without its folder and ending: what stands for the records' key.
  package static func streamName(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}

/// Where the rows of a file lie.
enum FileRows {
  /// The rows that are not empty, without their line ends; inside quotes a line end does not end a
  /// row of CSV.
  static func ranges(_ bytes: Span<UInt8>, isCSV: Bool, from start: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var cursor = start
    while cursor < bytes.count {
      let rest = bytes.extracting(cursor..<bytes.count)
      let next = cursor + ((isCSV ? CSV.rowLength(rest) : lineLength(rest)) ?? rest.count)
      var end = next
      while end > cursor, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
      if end > cursor { result.append(cursor..<end) }
      cursor = next
    }
    return result
  }

  private static func lineLength(_ bytes: Span<UInt8>) -> Int? {
    for index in bytes.indices where bytes[index] == 10 { return index + 1 }
    return nil
  }
}

/// Bytes as text.
private func text(_ bytes: Span<UInt8>) -> String {
  String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}
