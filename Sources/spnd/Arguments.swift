/// The words after a command's name: positions, options with values, and flags.
struct Arguments {
  private(set) var positions: [String] = []
  private var values: [String: String] = [:]
  private var present: Set<String> = []

  /// Reads the words; `--name value` and `--name=value` are the same, and after `--` all are
  /// positions.
  init(_ words: [String], options: [String], flags: [String]) throws(Failure) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positions += rest
        return
      }
      guard word.hasPrefix("--") else {
        positions.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts.first ?? ""
      if flags.contains(name), parts.count == 1 {
        present.insert(name)
      } else if options.contains(name) {
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
          throw Failure(.usage, "--\(name) needs a value")
        }
        values[name] = value
      } else {
        let known = (options + flags).map { "--\($0)" }.joined(separator: ", ")
        throw Failure(
          .usage, "there is no option \(word)" + (known.isEmpty ? "" : "; try \(known)"))
      }
    }
  }

  /// The value of an option, nil where it was not given.
  subscript(option name: String) -> String? { values[name] }

  /// Every option and flag that was given.
  var given: Set<String> { present.union(values.keys) }

  /// Whether a flag was given.
  func has(_ flag: String) -> Bool { present.contains(flag) }

  /// The value of an option that must be given.
  func required(_ name: String) throws(Failure) -> String {
    guard let value = values[name] else { throw Failure(.usage, "--\(name) is missing") }
    return value
  }

  /// A whole number in a range.
  func number(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
    guard let text = values[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Failure(
        .usage,
        "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), "
          + "not \(text)")
    }
    return number
  }

  /// The one position that the command takes.
  func only(_ what: String) throws(Failure) -> String {
    guard let first = positions.first else { throw Failure(.usage, "\(what) is missing") }
    guard positions.count == 1 else {
      throw Failure(.usage, "one \(what) is enough; what is \(positions[1])?")
    }
    return first
  }
}
