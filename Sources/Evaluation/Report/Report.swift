internal import Pipeline

/// What an evaluation found: a few tables and what to know about them.
package struct Report: Sendable {
  /// The measure: `anomalies`, `forecast`, `drift` or `ablation`.
  package let name: String
  package var tables: [Table] = []
  /// Sentences below the tables.
  package var notes: [String] = []

  package init(_ name: String) { self.name = name }

  /// The tables for people.
  package var text: String { (tables.map(\.text) + notes).joined(separator: "\n\n") }

  /// One JSON object on one line: `eval`, and one array of objects a table.
  package var json: String {
    var json = JSONWriter()
    json.beginObject()
    json.field("eval", name)
    for table in tables {
      json.key(named: table.key)
      table.write(into: &json)
    }
    json.endObject()
    return json.text
  }
}

extension JSONWriter {
  /// What has been written.
  var text: String { String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
}

/// A time as RFC 3339 in UTC.
func timestamp(_ nanoseconds: Int64) -> String {
  var json = JSONWriter()
  json.value(rfc3339: nanoseconds)
  return String(json.text.dropFirst().dropLast())
}

/// The middle of some numbers; NaN of none.
func median(_ numbers: [Double]) -> Double {
  guard !numbers.isEmpty else { return .nan }
  let sorted = numbers.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The mean of some numbers; NaN of none.
func mean(_ numbers: [Double]) -> Double {
  numbers.isEmpty ? .nan : numbers.reduce(0, +) / Double(numbers.count)
}
