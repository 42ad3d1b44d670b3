/// A value of a YAML document, with the place where it begins.
struct YAMLNode {
  /// The three shapes of a value.
  indirect enum Content {
    case scalar(String, isQuoted: Bool)
    case list([YAMLNode])
    case mapping([YAMLEntry])
  }

  var content: Content
  var position: Definition.Position

  /// Whether it is a value left empty, or `null`.
  var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// What it is, as a message says it.
  var noun: String {
    switch content {
    case .scalar(_, isQuoted: true): "a string"
    case .scalar: isNull ? "nothing" : "a single value"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A key and its value.
struct YAMLEntry {
  var key: String
  /// Where the key begins.
  var position: Definition.Position
  var value: YAMLNode
}
