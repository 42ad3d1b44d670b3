/// Reads the one document of a definition's text into a tree.
///
/// A subset of YAML: no anchors, aliases, tags or merge keys, every key once and a single value, at
/// most `depthMax` levels and `bytesMax` bytes. Plain `yes`, `on` and the like are text, as in YAML
/// 1.2.
struct YAMLDocument: ~Copyable {
  /// The most bytes of a definition: 1 MiB.
  static let bytesMax = 1 << 20
  /// The most levels of lists and mappings.
  static let depthMax = 32

  private let reading: Reading
  private var parser: YAMLParser

  /// Reads the text; what it still could be read past, such as duplicate keys, goes into `reading`
  /// alone.
  static func read(_ text: [UInt8], reading: Reading) throws(DefinitionError) -> YAMLNode {
    guard text.count <= bytesMax else {
      throw DefinitionError(
        file: reading.file, line: 0, column: 0, key: "", message: "is larger than 1 MiB",
        remedy: "give a definition, not data")
    }
    guard let parser = YAMLParser(text) else {
      throw DefinitionError(
        file: reading.file, line: 0, column: 0, key: "", message: "no memory", remedy: "")
    }
    var document = YAMLDocument(reading: reading, parser: parser)
    return try document.read()
  }

  private init(reading: Reading, parser: consuming YAMLParser) {
    self.reading = reading
    self.parser = parser
  }

  private mutating func read() throws(DefinitionError) -> YAMLNode {
    _ = try next()
    let start = try next()
    guard start.kind == .documentStart else {
      throw reading.error(
        at: start.position, "the file is empty", "begin with `pipeline: NAME`")
    }
    let root = try node(try next(), path: "", depth: 0)
    _ = try next()
    let end = try next()
    guard end.kind == .streamEnd else {
      throw reading.error(
        at: end.position, "a second document begins", "one file holds one pipeline")
    }
    return root
  }

  private mutating func node(
    _ event: YAMLEvent, path: String, depth: Int
  ) throws(DefinitionError) -> YAMLNode {
    try refuseReferences(event, path: path)
    guard depth <= Self.depthMax else {
      throw reading.error(
        at: event.position, key: escaped(path), "more than \(Self.depthMax) levels",
        "a definition needs four")
    }
    let content: YAMLNode.Content =
      switch event.kind {
      case .listStart: .list(try list(path: path, depth: depth + 1))
      case .mappingStart: .mapping(try mapping(path: path, depth: depth + 1))
      case .scalar(let text, let isQuoted): .scalar(text, isQuoted: isQuoted)
      default: .scalar("", isQuoted: false)
      }
    return YAMLNode(content: content, position: event.position)
  }

  private mutating func list(path: String, depth: Int) throws(DefinitionError) -> [YAMLNode] {
    var list: [YAMLNode] = []
    while true {
      let event = try next()
      if event.kind == .listEnd { return list }
      list.append(try node(event, path: "\(path)[\(list.count)]", depth: depth))
    }
  }

  private mutating func mapping(
    path: String, depth: Int
  ) throws(DefinitionError) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var first: [String: Definition.Position] = [:]
    while true {
      let event = try next()
      if event.kind == .mappingEnd { return entries }
      let key = try key(event, path: path)
      let value = try node(try next(), path: join(path, key), depth: depth)
      if let earlier = first[key] {
        reading.report(
          reading.error(
            at: event.position, key: escaped(join(path, key)), "duplicate key",
            "it already stands in line \(earlier.line); keep one"))
      } else {
        first[key] = event.position
        entries.append(YAMLEntry(key: key, position: event.position, value: value))
      }
    }
  }

  private func key(_ event: YAMLEvent, path: String) throws(DefinitionError) -> String {
    try refuseReferences(event, path: path)
    guard case .scalar(let key, let isQuoted) = event.kind else {
      throw reading.error(
        at: event.position, key: escaped(path), "a key is a list or a mapping",
        "write `key: value`; inside { } and [ ] put a ${VARIABLE} in quotes")
    }
    guard key != "<<" || isQuoted else {
      throw reading.error(
        at: event.position, key: escaped(path), "merge keys are not supported",
        "write the keys out")
    }
    return key
  }

  /// Aliases could make a small file a huge tree, and tags could make a value another type than it
  /// looks.
  private func refuseReferences(_ event: YAMLEvent, path: String) throws(DefinitionError) {
    if event.hasAnchor || event.kind == .alias {
      throw reading.error(
        at: event.position, key: escaped(path), "anchors and aliases are not supported",
        "write the value out, or put it in quotes")
    }
    if event.hasTag {
      throw reading.error(
        at: event.position, key: escaped(path), "tags are not supported",
        "leave out the word with `!`, or put the value in quotes")
    }
  }

  private mutating func next() throws(DefinitionError) -> YAMLEvent {
    do throws(YAMLFault) {
      return try parser.next()
    } catch {
      throw reading.error(
        at: error.position, "not YAML: \(error.message)", Self.remedy(error.message))
    }
  }

  /// What most often lies behind libyaml's messages.
  private static func remedy(_ message: String) -> String {
    let causes = [
      ("cannot start any token", "indent with spaces, not tabs; quote values with @ ` or %"),
      (
        "mapping values are not allowed", "quote a value that holds `: `, and check the indentation"
      ),
      ("expected ',' or", "close the bracket; inside { } and [ ] put a ${VARIABLE} in quotes"),
      ("expected key", "align the keys of a section"),
      ("expected ':'", "a key is followed by `: ` with a space"),
      ("end of stream", "close the quotes"),
      ("UTF-8", "save the file as UTF-8"),
      ("control characters", "remove the character"),
    ]
    return causes.first { message.contains($0.0) }?.1 ?? "check quotes, brackets and indentation"
  }
}
