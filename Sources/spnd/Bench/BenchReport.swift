import Pipeline

/// One line of a benchmark's result: names and values in a fixed order.
struct BenchRow {
  enum Value {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  private(set) var fields: [(name: String, value: Value)] = []

  mutating func add(_ name: String, _ text: String) { fields.append((name, .text(text))) }
  mutating func add(_ name: String, _ integer: Int) { fields.append((name, .integer(integer))) }
  mutating func add(_ name: String, _ number: Double) { fields.append((name, .number(number))) }

  /// Adds a median and its spread in percent.
  mutating func add(_ name: String, _ sample: Sample) {
    add(name, sample.median)
    add("spread_percent", sample.spreadPercent)
  }
}

/// What all benchmarks of one command found.
struct BenchReport {
  private var groups: [(name: String, rows: [BenchRow])] = []

  mutating func add(_ name: String, _ rows: [BenchRow]) { groups.append((name, rows)) }

  /// A benchmark's rows as a table for people.
  func table(of name: String) -> String {
    let rows = groups.first { $0.name == name }?.rows ?? []
    guard let first = rows.first else { return "\(name): nothing" }
    let lines = [first.fields.map(\.name)] + rows.map { $0.fields.map { text($0.value) } }
    let widths = first.fields.indices.map { column in
      lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let texts = lines.map { line in
      zip(line, widths).map { cell, width in
        String(repeating: " ", count: max(0, width - cell.count)) + cell
      }.joined(separator: "  ")
    }
    return "\(name)\n" + texts.joined(separator: "\n") + "\n"
  }

  /// All rows as one JSON object on one line.
  var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("results")
    writer.beginArray()
    for group in groups {
      for row in group.rows {
        writer.beginObject()
        writer.field("benchmark", group.name)
        for field in row.fields {
          writer.key(named: field.name)
          switch field.value {
          case .text(let text): writer.value(text)
          case .integer(let integer): writer.value(integer)
          case .number(let number): writer.value(rounded(number))
          }
        }
        writer.endObject()
      }
    }
    writer.endArray()
    writer.endObject()
    let bytes = writer.bytes
    return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }

  private func text(_ value: BenchRow.Value) -> String {
    switch value {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(rounded(number))"
    }
  }

  /// A measured number to a thousandth, or to four digits where it is smaller.
  private func rounded(_ number: Double) -> Double {
    let unit = abs(number) < 1 ? 10_000.0 : 1000
    return (number * unit).rounded() / unit
  }
}

/// The same thing measured several times.
struct Sample {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var median: Double { quantile(0.5) }

  /// The width of the middle half in percent of the median.
  var spreadPercent: Double {
    median == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / median * 100
  }

  /// The value at a share of the way from the smallest to the largest; 0 where there is none.
  func quantile(_ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
