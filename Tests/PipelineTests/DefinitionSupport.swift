import Glibc
import Pipeline

/// A definition with nothing but what is required, for tests to change.
let minimal = """
  pipeline: plant
  kafka:
    bootstrap.servers: broker:9092
  input:
    topics: [sensors]
    values: {value: /v}
  output:
    anomalies: {topic: alarms}
    dead-letters: {topic: dead}

  """

/// The outcome of reading a text: the definition, or the errors' lines.
enum Loaded {
  case definition(Definition)
  case errors([String])

  init(
    _ text: String, environment: [String: String] = [:], kafkaNames: [String] = [],
    kafkaCheck: @escaping Definition.KafkaCheck = { _, _ in nil }
  ) {
    self.init(
      bytes: Array(text.utf8), environment: environment, kafkaNames: kafkaNames,
      kafkaCheck: kafkaCheck)
  }

  init(
    bytes: [UInt8], environment: [String: String] = [:], kafkaNames: [String] = [],
    kafkaCheck: @escaping Definition.KafkaCheck = { _, _ in nil }
  ) {
    do throws(DefinitionErrors) {
      self = .definition(
        try Definition.parse(
          bytes, file: "f", environment: environment, kafkaNames: kafkaNames,
          kafkaCheck: kafkaCheck))
    } catch {
      self = .errors(error.list.map(\.description))
    }
  }

  var definition: Definition? {
    guard case .definition(let definition) = self else { return nil }
    return definition
  }

  var errors: [String] {
    guard case .errors(let errors) = self else { return [] }
    return errors
  }
}

extension String {
  /// The text with one part, which must be there, replaced.
  func replacing(_ part: String, by other: String) -> String {
    var text = self
    guard let range = text.firstRange(of: part) else { return "no `\(part)` to replace" }
    text.replaceSubrange(range, with: other)
    return text
  }
}

/// The root of the repository.
let repository = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

/// A file's text; nil where it cannot be read or is not UTF-8.
func content(of path: String) -> String? {
  guard let file = unsafe fopen(path, "r") else { return nil }
  defer { unsafe fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let count = unsafe fread(&bytes, 1, bytes.count, file)
  return String(validating: bytes[..<count], as: UTF8.self)
}
