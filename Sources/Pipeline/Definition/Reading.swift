/// What is known and found while one definition is read: the file's name, the environment, and
/// every error so far.
final class Reading {
  let file: String
  let variables: Variables
  private var errors: [DefinitionError] = []
  private var sections: [(path: String, keys: [String])] = []
  private var unknown: [(section: String, entry: YAMLEntry)] = []
  private var positions: [String: Definition.Position] = [:]

  init(file: String, environment: [String: String]) {
    self.file = file
    self.variables = Variables(environment: environment)
  }

  /// Every key that was asked for, as a path, in the order of asking.
  var keys: [String] {
    sections.flatMap { section in section.keys.map { join(section.path, $0) } }
  }

  /// An error of this file.
  func error(
    at position: Definition.Position, key: String = "", _ message: String, _ remedy: String
  ) -> DefinitionError {
    DefinitionError(
      file: file, line: position.line, column: position.column, key: key, message: message,
      remedy: remedy)
  }

  /// Adds an error; past the limit it is forgotten.
  func report(_ error: DefinitionError) {
    if errors.count < DefinitionErrors.countMax { errors.append(error) }
  }

  /// Adds an error about the value of a key that was read before.
  func report(key: String, _ message: String, _ remedy: String) {
    let position = positions[key] ?? Definition.Position(line: 1, column: 1)
    report(error(at: position, key: key, message, remedy))
  }

  /// Remembers where the value of a key stands, for checks that need several keys.
  func locate(_ key: String, at position: Definition.Position) { positions[key] = position }

  /// Takes note of a section's valid keys, and of those in the file that are none of them.
  func close(section path: String, keys: [String], unknown entries: [YAMLEntry]) {
    sections.append((path, keys))
    let room = DefinitionErrors.countMax - unknown.count
    unknown += entries.prefix(max(0, room)).map { (path, $0) }
  }

  /// Reports the unknown keys, now that all valid ones are known, and throws if there was any
  /// error.
  func finish() throws(DefinitionErrors) {
    for (section, entry) in unknown {
      let key = join(section, escaped(entry.key))
      report(
        error(at: entry.position, key: key, "unknown key", remedy(for: entry.key, in: section)))
    }
    guard !errors.isEmpty else { return }
    errors.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    throw DefinitionErrors(list: errors)
  }

  private func remedy(for key: String, in section: String) -> String {
    let here = sections.first { $0.path == section }?.keys ?? []
    if let near = nearest(to: key, in: here) { return "did you mean `\(near)`?" }
    if let home = sections.first(where: { $0.keys.contains(key) }) {
      return home.path.isEmpty ? "it belongs at the top level" : "it belongs under `\(home.path)`"
    }
    let elsewhere = sections.flatMap { section in section.keys.map { ($0, section.path) } }
    if let near = nearest(to: key, in: elsewhere.map(\.0)),
      let home = elsewhere.first(where: { $0.0 == near && !$0.1.isEmpty })
    {
      return "did you mean `\(near)` under `\(home.1)`?"
    }
    return "valid here: " + here.joined(separator: ", ")
  }
}

/// The path of a key in a section.
func join(_ section: String, _ key: String) -> String {
  section.isEmpty ? key : "\(section).\(key)"
}
