/// The cells of one row of comma-separated values (RFC 4180), one after the other.
struct CSVCells: ~Escapable {
  private let row: Span<UInt8>
  private var index = 0
  private let end: Int
  /// Whether there is a cell after those that were read.
  private(set) var hasNext = true

  /// A row of its own, with or without its line end.
  @_lifetime(copy row)
  init(_ row: Span<UInt8>) {
    var end = row.count
    if end > 0, row[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > 0, row[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    self.row = row
    self.end = end
  }

  /// Adds the next cell's text to a buffer; false where its quotes are wrong.
  mutating func appendNext(to buffer: inout ByteBuffer) -> Bool {
    if index < end, row[index] == UInt8(ascii: "\"") {
      guard appendQuoted(to: &buffer) else { return false }
    } else {
      let start = index
      while index < end, row[index] != UInt8(ascii: ",") {
        guard row[index] != UInt8(ascii: "\"") else { return false }
        index += 1
      }
      buffer.append(row.extracting(start..<index))
    }
    hasNext = index < end
    guard hasNext else { return true }
    index += 1
    return row[index - 1] == UInt8(ascii: ",")
  }

  /// Adds what stands between quotes, two of them being one, and stops after the closing quote.
  private mutating func appendQuoted(to buffer: inout ByteBuffer) -> Bool {
    let quote = UInt8(ascii: "\"")
    index += 1
    while index < end {
      let start = index
      while index < end, row[index] != quote { index += 1 }
      buffer.append(row.extracting(start..<index))
      guard index < end else { return false }
      index += 1
      guard index < end, row[index] == quote else { return true }
      buffer.append(quote)
      index += 1
    }
    return false
  }
}

/// The columns' names in a CSV file's first line, and where its rows end.
public enum CSV {
  /// The names in a header row, a byte order mark before them dropped; throws `.configuration`
  /// where it is none.
  public static func header(_ row: Span<UInt8>) throws(PipelineError) -> [String] {
    let mark = row.count >= 3 && row[0] == 0xEF && row[1] == 0xBB && row[2] == 0xBF
    var cells = CSVCells(row.extracting((mark ? 3 : 0)..<row.count))
    var names: [String] = []
    var buffer = ByteBuffer(capacity: 256)
    while cells.hasNext {
      buffer.removeAll()
      guard cells.appendNext(to: &buffer) else {
        throw error("the quotes of its column \(names.count + 1) break the rules of RFC 4180")
      }
      let name = String(bytes: DecimalText.trim(buffer.bytes))
      guard !names.contains(name) else { throw error("column \"\(name)\" stands in it twice") }
      names.append(name)
    }
    return names
  }

  /// How many bytes the row at the start of `bytes` has, its line end among them; nil where it does
  /// not end there.
  ///
  /// A line end between quotes is part of a cell.
  public static func rowLength(_ bytes: Span<UInt8>) -> Int? {
    var isQuoted = false
    for index in 0..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "\n") where !isQuoted: return index + 1
      default: break
      }
    }
    return nil
  }

  private static func error(_ reason: String) -> PipelineError {
    PipelineError(code: .configuration, subject: "CSV header", reason: reason)
  }
}
