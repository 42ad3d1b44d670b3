extension Duration {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Reads a duration such as `100ms`, `5s` or `1h30m`: whole numbers with units, the largest
  /// first.
  init(reading text: String) throws(Complaint) {
    guard !text.isEmpty else {
      throw Complaint(message: "is empty", remedy: "give a duration, such as `1h30m`")
    }
    var rest = Substring(text)
    var total: Int64 = 0
    var units = Self.units[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { !($0.isASCII && $0.isNumber) }
      rest = rest.dropFirst(name.count)
      let milliseconds = try Self.take(String(name), from: &units, of: text)
      guard let count = Int64(digits) else { throw Self.refusal(of: text) }
      let (part, isTooLarge) = count.multipliedReportingOverflow(by: milliseconds)
      let (sum, overflows) = total.addingReportingOverflow(part)
      guard !isTooLarge, !overflows else {
        throw Complaint(message: "`\(escaped(text))` is too long", remedy: "such as `1h30m`")
      }
      total = sum
    }
    self = .milliseconds(total)
  }

  /// The duration in the form that it is read from, less what is below a millisecond; zero is `0s`.
  package var text: String {
    let (seconds, attoseconds) = components
    var rest = seconds
    var text = rest < 0 ? "-" : ""
    for (name, milliseconds) in Self.units where milliseconds >= 1000 {
      let count = (rest / (milliseconds / 1000)).magnitude
      if count > 0 { text += "\(count)\(name)" }
      rest %= milliseconds / 1000
    }
    let milliseconds = (attoseconds / 1_000_000_000_000_000).magnitude
    if milliseconds > 0 { text += "\(milliseconds)ms" }
    return text.isEmpty ? "0s" : text
  }

  /// Finds a unit among those smaller than the last, and leaves the ones smaller than itself.
  private static func take(
    _ name: String, from units: inout ArraySlice<(name: String, milliseconds: Int64)>,
    of text: String
  ) throws(Complaint) -> Int64 {
    if name.isEmpty {
      throw Complaint(
        message: "`\(escaped(text))` has no unit", remedy: "units are ms, s, m, h and d")
    }
    guard let index = units.firstIndex(where: { $0.name == name }) else {
      guard Self.units.contains(where: { $0.name == name }) else { throw refusal(of: text) }
      throw Complaint(
        message: "the units of `\(escaped(text))` are out of order",
        remedy: "the largest first and each once, such as `1h30m`")
    }
    defer { units = units[(index + 1)...] }
    return units[index].milliseconds
  }

  private static func refusal(of text: String) -> Complaint {
    Complaint(
      message: "`\(escaped(text))` is not a duration",
      remedy: "whole numbers with the units ms, s, m, h or d, such as `1h30m`")
  }
}

extension Duration {
  /// Whole nanoseconds; what does not fit becomes the largest number.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isPast) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || isPast ? .max : sum
  }
}
