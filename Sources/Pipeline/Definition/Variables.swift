/// The environment's variables, as a definition's values refer to them.
struct Variables {
  let environment: [String: String]

  /// Replaces `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`; any other dollar stays.
  ///
  /// As in a shell, `:-` and `:?` take an empty variable for an unset one, and a default is not
  /// expanded again.
  func expand(_ text: String) throws(Complaint) -> String {
    var expanded: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "$"), let next = rest.first else {
        expanded.append(byte)
        continue
      }
      switch next {
      case UInt8(ascii: "$"):
        rest.removeFirst()
        expanded.append(byte)
      case UInt8(ascii: "{"):
        rest.removeFirst()
        expanded += try value(of: expression(&rest)).utf8
      default:
        expanded.append(byte)
      }
    }
    return String(decoding: expanded, as: UTF8.self)
  }

  /// Takes what stands between the braces.
  private func expression(_ rest: inout Substring.UTF8View) throws(Complaint) -> Substring {
    guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
      throw Complaint(message: "`${` has no end", remedy: "close it with `}`, or write `$$` for $")
    }
    let expression = Substring(rest[..<end])
    rest = rest[rest.index(after: end)...]
    guard !expression.utf8.contains(UInt8(ascii: "$")) else {
      throw Complaint(
        message: "a variable stands inside another", remedy: "a default is plain text")
    }
    return expression
  }

  private func value(of expression: Substring) throws(Complaint) -> String {
    let name = expression.prefix { $0 != ":" }
    let rule = expression.dropFirst(name.count)
    guard isName(name), rule.isEmpty || rule.hasPrefix(":-") || rule.hasPrefix(":?") else {
      throw Complaint(
        message: "`${\(escaped(String(expression)))}` is not a variable",
        remedy: "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for $")
    }
    let value = environment[String(name)]
    if let value, rule.isEmpty || !value.isEmpty { return value }
    if rule.hasPrefix(":-") { return String(rule.dropFirst(2)) }
    let reason = rule.dropFirst(2)
    throw Complaint(
      message: "the variable `\(name)` is \(value == nil ? "not set" : "empty")"
        + (reason.isEmpty ? "" : ": \(escaped(String(reason)))"),
      remedy: "set it, or write ${\(name):-default}")
  }

  private func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }
}

/// Whether a byte is one of A–Z and a–z.
func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

/// Whether a byte is one of 0–9.
func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
