/// What a setting's value may be, and how it is read from text.
struct Kind<Value> {
  /// What is expected, as a message says it: "a duration from 1ms to 1m".
  let noun: String
  /// A valid value, for remedies.
  let example: String
  /// Whether a quoted value, which is always a string, may stand for it.
  let isText: Bool
  private let parse: (String) throws(Complaint) -> Value?

  /// `parse` answers nil where "not `noun`" says it all, and throws where it can say more.
  init(
    _ noun: String, example: String, isText: Bool = true,
    parse: @escaping (String) throws(Complaint) -> Value?
  ) {
    self.noun = noun
    self.example = example
    self.isText = isText
    self.parse = parse
  }

  /// Reads a value.
  func read(_ text: String) throws(Complaint) -> Value {
    if let value = try parse(text) { return value }
    guard !text.isEmpty else {
      throw Complaint(message: "is empty", remedy: "give \(noun), such as `\(example)`")
    }
    throw Complaint(
      message: "`\(escaped(text))` is not \(noun)", remedy: "such as `\(example)`")
  }
}

extension Kind<Int> {
  /// A whole number.
  static func integer(_ range: ClosedRange<Int>, example: Int) -> Kind {
    let noun = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Kind(noun, example: "\(example)", isText: false) { (text) throws(Complaint) in
      guard let value = Int(text), range.contains(value) else { return nil }
      return value
    }
  }
}

extension Kind<Int> {
  /// A number of bytes such as `512MiB`.
  static func byteCount(_ range: ClosedRange<Int>, example: String) -> Kind {
    let noun =
      "a size from \(byteCountText(range.lowerBound)) to \(byteCountText(range.upperBound))"
    return Kind(noun, example: example) { (text) throws(Complaint) in
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), let unit = byteUnits[String(text.dropFirst(digits.count))]
      else { return nil }
      let (value, isTooLarge) = number.multipliedReportingOverflow(by: unit)
      return !isTooLarge && range.contains(value) ? value : nil
    }
  }
}

private let byteUnits = ["": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40]

/// A number of bytes in the largest unit that gives a whole number.
func byteCountText(_ count: Int) -> String {
  let fitting = byteUnits.filter { $0.value <= max(count, 1) && count.isMultiple(of: $0.value) }
  guard let unit = fitting.max(by: { $0.value < $1.value }) else { return "\(count)" }
  return "\(count / unit.value)\(unit.key)"
}

extension Kind<Double> {
  /// A finite number in decimal form.
  static func number(_ range: ClosedRange<Double>, example: Double) -> Kind {
    let noun = "a number from \(shortest(range.lowerBound)) to \(shortest(range.upperBound))"
    return Kind(noun, example: shortest(example), isText: false) { (text) throws(Complaint) in
      guard let value = decimal(text), range.contains(value) else { return nil }
      return value
    }
  }
}

extension Kind<Duration> {
  /// A duration such as `1h30m`.
  static func duration(_ range: ClosedRange<Duration>, example: Duration) -> Kind {
    let noun = "a duration from \(range.lowerBound.text) to \(range.upperBound.text)"
    return Kind(noun, example: example.text) { (text) throws(Complaint) in
      let value = try Duration(reading: text)
      return range.contains(value) ? value : nil
    }
  }
}

extension Kind where Value: CaseIterable & RawRepresentable<String> {
  /// One of the names of an enumeration.
  static func choice(of type: Value.Type = Value.self) -> Kind {
    let names = Value.allCases.map(\.rawValue)
    let noun = "one of " + names.joined(separator: ", ")
    return Kind(noun, example: names.first ?? "") { (text) throws(Complaint) in
      if let value = Value(rawValue: text) { return value }
      guard let near = nearest(to: text, in: names) else { return nil }
      throw Complaint(
        message: "`\(escaped(text))` is not \(noun)", remedy: "did you mean `\(near)`?")
    }
  }
}

extension Kind<JSONPointer> {
  /// The way to a field of a record.
  static var pointer: Kind {
    Kind("a JSON pointer", example: "/site/sensor") { (text) throws(Complaint) in
      if let pointer = JSONPointer(text) { return pointer }
      guard text.first != "/", let repaired = JSONPointer("/" + text) else { return nil }
      throw Complaint(
        message: "`\(escaped(text))` is not a JSON pointer",
        remedy: "write `\(escaped(repaired.text))`"
      )
    }
  }
}

extension Kind<String> {
  /// Any text but none at all.
  static func text(_ noun: String, example: String) -> Kind {
    Kind(noun, example: example) { (text) throws(Complaint) in text.isEmpty ? nil : text }
  }

  /// A name of a pipeline or channel.
  static var name: Kind {
    Kind("a name of 1 to 100 letters, digits, `.`, `_` or `-`", example: "plant-a") {
      (text) throws(Complaint) in
      isIdentifier(text, bytesMax: 100) ? text : nil
    }
  }

  /// The name of a topic, by Kafka's rule (org.apache.kafka.common.internals.Topic).
  static func topic(example: String) -> Kind {
    Kind("a topic name of 1 to 249 letters, digits, `.`, `_` or `-`", example: example) {
      (text) throws(Complaint) in
      isIdentifier(text, bytesMax: 249) && text != "." && text != ".." ? text : nil
    }
  }

  /// A name of the time zone database, as the machine has it.
  static var zone: Kind {
    Kind("a time zone of this machine", example: "Europe/Berlin") { (text) throws(Complaint) in
      if text == "UTC" || isZone(text) { return text }
      guard isZone("UTC") else {
        throw Complaint(
          message: "this machine has no time zone database", remedy: "install tzdata")
      }
      return nil
    }
  }
}

extension Kind<Definition.Workers> {
  /// `auto` or a number of threads.
  static var workers: Kind {
    Kind("`auto` or a whole number from 1 to 256", example: "auto", isText: false) {
      (text) throws(Complaint) in
      if text == "auto" { return .auto }
      guard let count = Int(text), (1...256).contains(count) else { return nil }
      return .count(count)
    }
  }
}

extension Kind<Definition.Silence> {
  /// `auto`, `never` or a duration.
  static var silence: Kind {
    let range = Duration.seconds(1)...Duration.seconds(36_525 * 86_400)
    let duration = Kind<Duration>.duration(range, example: .seconds(600))
    return Kind("`auto`, `never` or \(duration.noun)", example: "auto") {
      (text) throws(Complaint) in
      switch text {
      case "auto": .auto
      case "never": .never
      default: .after(try duration.read(text))
      }
    }
  }
}

extension Kind<Definition.Endpoint> {
  /// A numeric address and a port.
  static var endpoint: Kind {
    Kind("an address in digits and a port", example: "127.0.0.1:9464") {
      (text) throws(Complaint) in
      Definition.Endpoint(text)
    }
  }
}

extension Kind<Definition.Budget> {
  /// A number of alarms and a period.
  static var budget: Kind {
    Kind("a budget", example: "1 per stream per week") { (text) throws(Complaint) in
      try Definition.Budget(reading: text)
    }
  }
}

private func isIdentifier(_ text: String, bytesMax: Int) -> Bool {
  (1...bytesMax).contains(text.utf8.count)
    && text.utf8.allSatisfy {
      isLetter($0) || isDigit($0)
        || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains($0)
    }
}

private func isZone(_ name: String) -> Bool {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  let isPlain = parts.allSatisfy { part in
    part != "." && part != ".."
      && isIdentifier(part.filter { $0 != "+" }, bytesMax: 100)
  }
  guard isPlain else { return false }
  return (try? File.read("/usr/share/zoneinfo/\(name)", bytesMax: 4)) == Array("TZif".utf8)
}
