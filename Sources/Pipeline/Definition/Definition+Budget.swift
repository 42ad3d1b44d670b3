extension Definition.Budget {
  private static let counts = 0.000001...1_000_000
  private static let periodMax = Duration.seconds(36_525 * 86_400)
  private static let year = Duration.seconds(31_557_600)

  private static let periods: [(name: String, length: Duration)] = [
    ("second", .seconds(1)), ("minute", .seconds(60)), ("hour", .seconds(3600)),
    ("day", .seconds(86_400)), ("week", week), ("month", year / 12), ("quarter", year / 4),
    ("year", year),
  ]

  /// Reads `1 per stream per week`: a number from 0.000001 to 1000000, and a period's name or a
  /// duration such as `30d`.
  init(reading text: String) throws(Complaint) {
    let words = text.split(separator: " ")
    guard words.count == 5, words[1...3] == ["per", "stream", "per"] else {
      throw Complaint(
        message: "`\(escaped(text))` is not a budget",
        remedy: "write a number and a period, such as `1 per stream per week`")
    }
    guard let count = decimal(String(words[0])), Self.counts.contains(count) else {
      throw Complaint(
        message: "`\(escaped(String(words[0])))` is not a number of alarms",
        remedy: "from 0.000001 to 1000000, such as `0.5 per stream per day`")
    }
    self.init(count: count, period: try Self.period(String(words[4])))
  }

  /// The budget in the form that it is read from.
  package var text: String {
    let name = Self.periods.first { $0.length == period }?.name
    return "\(shortest(count)) per stream per \(name ?? period.text)"
  }

  /// The time from one alarm of a stream to the next, to the millisecond and at least one.
  package var interval: Duration {
    let milliseconds = max(1, (1000 / perSecond).rounded())
    return .milliseconds(Int64(exactly: milliseconds) ?? .max)
  }

  private static func period(_ word: String) throws(Complaint) -> Duration {
    if let period = periods.first(where: { $0.name == word }) { return period.length }
    if let first = word.utf8.first, isDigit(first) {
      let duration = try Duration(reading: word)
      if duration > .zero, duration <= periodMax { return duration }
    }
    let names = periods.map(\.name)
    let near = nearest(to: word, in: names).map { "did you mean `\($0)`?" }
    throw Complaint(
      message: "`\(escaped(word))` is not a period",
      remedy: near ?? "one of \(names.joined(separator: ", ")), or a duration such as `30d`")
  }
}

/// A finite number in decimal form; nil for `nan`, `inf` and hexadecimal forms, which Swift would
/// read.
func decimal(_ text: String) -> Double? {
  let marks = Array("+-.eE".utf8)
  guard text.utf8.allSatisfy({ isDigit($0) || marks.contains($0) }) else { return nil }
  return Double(text).flatMap { $0.isFinite ? $0 : nil }
}

/// A number without `.0` behind whole values.
func shortest(_ number: Double) -> String {
  let text = "\(number)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
