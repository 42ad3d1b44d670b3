internal import Pipeline

/// Rows of figures with named columns, as people and as programs read them.
package struct Table: Sendable {
  /// A column's name in JSON, its heading, and how many decimals its numbers show.
  package struct Column: Sendable {
    package let key: String
    package let title: String
    package let decimals: Int

    package init(_ key: String, _ title: String, decimals: Int = 2) {
      self.key = key
      self.title = title
      self.decimals = decimals
    }
  }

  /// What stands in a cell.
  package enum Cell: Sendable, Equatable {
    case text(String)
    case number(Double)
    case count(Int)
    case difference(PairedDifference)

    /// Whether it is a figure, and stands to the right.
    fileprivate var isFigure: Bool {
      if case .text = self { return false }
      return true
    }
  }

  package let key: String
  package let title: String
  package let columns: [Column]
  package var rows: [[Cell]] = []

  package init(_ key: String, _ title: String, columns: [Column]) {
    self.key = key
    self.title = title
    self.columns = columns
  }

  /// The table in Markdown, its columns aligned.
  package var text: String {
    let header = columns.map(\.title)
    let body = rows.map { row in zip(row, columns).map { show($0, $1) } }
    let widths = columns.indices.map { c in ([header] + body).map { $0[c].count }.max() ?? 0 }
    let isFigure = columns.indices.map { c in rows.contains { $0[c].isFigure } }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { c in
        let space = String(repeating: " ", count: widths[c] - cells[c].count)
        return isFigure[c] ? space + cells[c] : cells[c] + space
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = widths.indices.map { c in
      isFigure[c]
        ? String(repeating: "-", count: max(widths[c] - 1, 1)) + ":"
        : String(repeating: "-", count: max(widths[c], 2))
    }
    return ([title, "", line(header), line(rule)] + body.map(line)).joined(separator: "\n")
  }

  private func show(_ cell: Cell, _ column: Column) -> String {
    switch cell {
    case .text(let text): text
    case .count(let count): String(count)
    case .number(let number): number.fixed(column.decimals)
    case .difference(let difference) where difference.low == 0 && difference.high == 0: "0"
    case .difference(let difference):
      "\(difference.value.signed(column.decimals)) [\(difference.low.signed(column.decimals)), "
        + "\(difference.high.signed(column.decimals))]"
    }
  }

  /// Writes the rows as an array of objects; what is not finite is null.
  func write(into json: inout JSONWriter) {
    json.beginArray()
    for row in rows {
      json.beginObject()
      for (cell, column) in zip(row, columns) {
        json.key(named: column.key)
        switch cell {
        case .text(let text): json.value(text)
        case .count(let count): json.value(count)
        case .number(let number): json.value(number)
        case .difference(let difference):
          json.beginObject()
          json.field("value", difference.value)
          json.field("low", difference.low)
          json.field("high", difference.high)
          json.endObject()
        }
      }
      json.endObject()
    }
    json.endArray()
  }
}

extension Double {
  /// The same with a sign before it, but for zero.
  func signed(_ decimals: Int) -> String {
    let text = fixed(decimals)
    return self > 0 && text.contains { "123456789".contains($0) } ? "+" + text : text
  }

  /// The number with exactly so many decimals; `-` where it is not finite.
  func fixed(_ decimals: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return isFinite ? "\(self)" : "-" }
    var unit: Int64 = 1
    for _ in 0..<decimals { unit *= 10 }
    guard magnitude * Double(unit) < 9e17 else { return "\(self)" }
    let scaled = Int64((magnitude * Double(unit)).rounded())
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % unit)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(scaled / unit).\(zeros)\(fraction)"
  }
}
