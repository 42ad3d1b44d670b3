import Glibc
import Kafka
import Pipeline

/// `spnd check FILE`: says what a definition means, or all that is wrong with it.
enum Check: Command {
  static let name = "check"
  static let summary = "checks a definition without running it"
  static let options: [String] = []
  static let flags = ["estimate", "quiet"]
  static let help = """
    usage: spnd check FILE [--estimate] [--quiet]

    Reads a definition as `spnd run` would, environment variables included, and prints what was
    understood. Nothing is connected to. Every problem is named with its file, line, column and
    key, and what to do about it.

      --estimate  print the memory that streams take, and how many state.memory holds
      --quiet     print problems only

    Exits with 0 where the definition is right and 78 where it is not.
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    let definition = try loadDefinition(arguments.only("FILE"))
    if !arguments.has("quiet") {
      for line in definition.describe() { print(line) }
    }
    if arguments.has("estimate") {
      for line in MemoryEstimate(of: definition).describe() { print(line) }
    }
  }
}

/// Reads and checks the definition in a file.
func loadDefinition(_ path: String) throws(Failure) -> Definition {
  do throws(DefinitionErrors) {
    return try Definition.load(
      path: path, environment: environment(), kafkaNames: Properties.known,
      kafkaCheck: checkKafkaProperty)
  } catch {
    throw Failure(.configuration, "\(path) cannot be used\n\(error)")
  }
}

private func checkKafkaProperty(_ name: String, _ value: String) -> String? {
  Properties.check(name: name, value: value)?.reason
}

/// The process's environment variables.
private func environment() -> [String: String] {
  var variables: [String: String] = [:]
  var entry = unsafe environ
  while let text = unsafe entry.pointee {
    let parts = unsafe String(cString: text).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    unsafe entry += 1
  }
  return variables
}
