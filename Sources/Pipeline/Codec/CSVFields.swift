/// Reads a fixed list of fields out of rows of comma-separated values (RFC 4180).
///
/// A pointer names the column whose name is its tokens joined with `.`; an empty cell is a missing
/// field.
struct CSVFields: ~Copyable {
  /// Where each field's cell is in a row.
  private let columns: [Int]
  private let columnCount: Int
  /// The cells of a row, unquoted, one after the other.
  private var text = ByteBuffer(capacity: 4096)
  /// Where each cell ends in `text`.
  private var ends: [Int]

  /// A reader of the columns for `pointers`, in their order; throws `.configuration` where the
  /// header lacks one.
  init(_ pointers: [JSONPointer], header: [String]) throws(PipelineError) {
    var columns: [Int] = []
    for pointer in pointers {
      let name = pointer.tokens.joined(separator: ".")
      guard let column = header.firstIndex(of: name) else {
        throw PipelineError(
          code: .configuration, subject: "column \"\(name)\"",
          reason:
            "is not in the header (\(header.joined(separator: ","))) "
            + "but the definition names \(pointer)"
        )
      }
      columns.append(column)
    }
    self.columns = columns
    columnCount = header.count
    ends = Array(repeating: 0, count: header.count)
  }

  /// Reads the fields of one row into a list with a place for each pointer; valid until the next
  /// call.
  mutating func read(_ row: Span<UInt8>, into list: borrowing FieldList) -> Rejection? {
    text.removeAll()
    var cells = CSVCells(row)
    var count = 0
    while cells.hasNext {
      guard cells.appendNext(to: &text) else {
        return Rejection(
          .csvInvalid,
          "cell \(count + 1) of the row breaks the quoting rules of RFC 4180; "
            + "double the quotes within quotes"
        )
      }
      if count < columnCount { ends[count] = text.count }
      count += 1
    }
    guard count == columnCount else {
      return Rejection(
        .csvInvalid,
        "the row has \(count) cells and the header \(columnCount); quote cells with commas")
    }
    store(list)
    return nil
  }

  private func store(_ list: borrowing FieldList) {
    for (place, column) in columns.enumerated() {
      let start = column == 0 ? 0 : ends[column - 1]
      list.set(place, cell: text.bytes.extracting(start..<ends[column]))
    }
  }
}
