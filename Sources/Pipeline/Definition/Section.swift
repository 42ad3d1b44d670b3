/// A mapping of the definition that is being read, key by key.
///
/// Each read names a valid key; `close()` reports what stands in the file beside them. A section
/// that is absent is read all the same, so that every valid key is known, and gives defaults.
struct Section {
  /// The section's path, empty at the top.
  let path: String
  /// Whether the file has it.
  let isPresent: Bool
  /// Its key and value pairs, in the order of the file.
  let entries: [YAMLEntry]
  private let reading: Reading
  private let position: Definition.Position
  private var asked: [String] = []

  /// The section at the top of a document.
  init(root: YAMLNode?, reading: Reading) {
    let position = root?.position ?? Definition.Position(line: 1, column: 1)
    self.init(path: "", node: root, position: position, reading: reading)
  }

  /// The section in a node; absent where there is no node, or (which is reported) another thing
  /// than a mapping.
  init(path: String, node: YAMLNode?, position: Definition.Position, reading: Reading) {
    self.path = path
    self.reading = reading
    self.position = position
    var isPresent = node != nil
    var entries: [YAMLEntry] = []
    if let node, !node.isNull {
      if case .mapping(let found) = node.content {
        entries = found
      } else {
        isPresent = false
        reading.report(
          reading.error(
            at: node.position, key: path, "\(node.noun) stands where a mapping is expected",
            "write `key: value` pairs below it"))
      }
    }
    self.isPresent = isPresent
    self.entries = entries
  }

  /// Ends the reading: keys that were not asked for are unknown.
  consuming func close() {
    let unknown = entries.filter { !asked.contains($0.key) }
    reading.close(section: path, keys: asked, unknown: unknown)
  }

  /// A section within this one.
  mutating func section(_ key: String, isRequired: Bool = false) -> Section {
    let entry = find(key)
    if entry == nil, isRequired { reportMissing(key, remedy: "add a section `\(key):`") }
    return Section(
      path: join(path, key), node: entry?.value, position: entry?.position ?? position,
      reading: reading)
  }

  /// A value that may be left out; nil where it is left out or wrong.
  mutating func optional<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
    guard let entry = find(key) else { return nil }
    reading.locate(join(path, key), at: entry.value.position)
    return value(entry.value, path: join(path, key), kind)
  }

  /// A value with a default.
  mutating func read<Value>(_ key: String, _ kind: Kind<Value>, into value: inout Value) {
    if let found = optional(key, kind) { value = found }
  }

  /// A value that must be there; nil, which is then reported, where it is missing or wrong.
  mutating func require<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
    if entry(key) == nil { reportMissing(key, remedy: "add `\(key): \(kind.example)`") }
    return optional(key, kind)
  }

  /// A list of different values; nil where it is left out.
  mutating func list<Value: Hashable>(
    _ key: String, _ kind: Kind<Value>, count: ClosedRange<Int>, isRequired: Bool = false
  ) -> [Value]? {
    guard let entry = find(key) else {
      if isRequired { reportMissing(key, remedy: "add `\(key): [\(kind.example)]`") }
      return nil
    }
    let path = join(path, key)
    reading.locate(path, at: entry.value.position)
    guard case .list(let nodes) = entry.value.content else {
      report(
        entry.value, path, "\(entry.value.noun) stands where a list is expected",
        "write `\(key): [\(kind.example)]`")
      return nil
    }
    guard count.contains(nodes.count) else {
      report(
        entry.value, path, "has \(nodes.count) entries",
        "give \(count.lowerBound) to \(count.upperBound)")
      return nil
    }
    var values: [Value] = []
    for (index, node) in nodes.enumerated() {
      let path = "\(path)[\(index)]"
      reading.locate(path, at: node.position)
      guard let value = value(node, path: path, kind) else { continue }
      if let earlier = values.firstIndex(of: value) {
        report(node, path, "is the same as entry \(earlier + 1)", "keep one")
      }
      values.append(value)
    }
    return values
  }

  /// A list of different values, or one value without the list; nil where it is left out.
  mutating func values<Value: Hashable>(
    _ key: String, _ kind: Kind<Value>, count: ClosedRange<Int>
  ) -> [Value]? {
    guard case .scalar? = entry(key)?.value.content else {
      return list(key, kind, count: count)
    }
    return optional(key, kind).map { [$0] }
  }

  /// The text of a node with its variables replaced, read as one kind of value; nil, which is
  /// reported, where it is not.
  func value<Value>(_ node: YAMLNode, path: String, _ kind: Kind<Value>) -> Value? {
    guard case .scalar(let text, let isQuoted) = node.content, !node.isNull else {
      report(
        node, path, "\(node.noun) stands where \(kind.noun) is expected",
        "such as `\(kind.example)`")
      return nil
    }
    do throws(Complaint) {
      let expanded = try reading.variables.expand(text)
      guard !expanded.utf8.contains(0) else {
        throw Complaint(message: "holds a zero byte", remedy: "remove it")
      }
      // What a variable holds is typed by its key: inside { } a variable must be quoted.
      if isQuoted, !kind.isText, expanded == text {
        throw Complaint(
          message: "a string stands where \(kind.noun) is expected", remedy: "remove the quotes")
      }
      return try kind.read(expanded)
    } catch {
      report(node, path, error.message, error.remedy)
      return nil
    }
  }

  /// Checks a key that the operator chose.
  func check(_ entry: YAMLEntry, path: String, _ kind: Kind<String>) {
    do throws(Complaint) {
      _ = try kind.read(entry.key)
    } catch {
      report(entry.position, path, error.message, error.remedy)
    }
  }

  /// The section in the value of an entry, for sections without fixed keys.
  func section(of entry: YAMLEntry) -> Section {
    Section(
      path: join(path, entry.key), node: entry.value, position: entry.position, reading: reading)
  }

  /// Reports an error about a place.
  func report(
    _ position: Definition.Position, _ path: String, _ message: String, _ remedy: String
  ) {
    reading.report(reading.error(at: position, key: path, message, remedy))
  }

  /// Reports an error about a value.
  func report(_ node: YAMLNode, _ path: String, _ message: String, _ remedy: String) {
    report(node.position, path, message, remedy)
  }

  /// Reports an error about the section itself.
  func report(_ message: String, _ remedy: String) { report(position, path, message, remedy) }

  /// Reports a missing key, unless the whole section is missing.
  func reportMissing(_ key: String, remedy: String) {
    guard isPresent else { return }
    report(position, join(path, key), "is missing", remedy)
  }

  /// The entry of a key, without making the key a valid one.
  func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key == key } }

  private mutating func find(_ key: String) -> YAMLEntry? {
    asked.append(key)
    return entry(key)
  }
}
