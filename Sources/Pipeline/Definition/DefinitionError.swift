/// One thing that is wrong with a definition, with its place and what to do about it.
public struct DefinitionError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; 0 where the file as a whole is meant.
  public var line: Int
  /// From 1, in characters; 0 where the file as a whole is meant.
  public var column: Int
  /// The path of the key, such as `input.time.unit`; empty where no key is meant.
  public var key: String
  public var message: String
  public var remedy: String

  public init(
    file: String, line: Int, column: Int, key: String, message: String, remedy: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.message = message
    self.remedy = remedy
  }

  /// `file:line:column: key: message (remedy)`, without the parts that do not apply.
  public var description: String {
    let place = line > 0 ? "\(file):\(line):\(column): " : "\(file): "
    return place + (key.isEmpty ? "" : "\(key): ") + message
      + (remedy.isEmpty ? "" : " (\(remedy))")
  }
}

/// Everything that is wrong with a definition, in the order of the file; at most `Self.countMax`,
/// never empty.
public struct DefinitionErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The most errors that are told at once.
  public static let countMax = 100

  public var list: [DefinitionError]

  public init(list: [DefinitionError]) { self.list = list }

  /// One line an error.
  public var description: String { list.map(\.description).joined(separator: "\n") }
}

/// What is wrong with a value, before it is known where the value stands.
package struct Complaint: Error {
  package var message: String
  package var remedy: String
}
