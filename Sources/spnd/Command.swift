/// One of the verbs of `spnd`.
protocol Command {
  /// The word that calls it.
  static var name: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// How it is called and what each option means.
  static var help: String { get }
  /// The options that take a value, and those that do not; without their dashes.
  static var options: [String] { get }
  static var flags: [String] { get }
  /// Does it.
  static func run(_ arguments: Arguments) throws(Failure)
}

/// Finds the command that the first word names.
struct CommandLineTool {
  let commands: [any Command.Type]

  func run(_ words: [String]) -> ExitCode {
    guard let word = words.first else {
      printError(usage)
      return .usage
    }
    if ["--help", "-h", "help"].contains(word) {
      print(usage)
      return .success
    }
    let name = word == "--version" ? "version" : word
    guard let command = commands.first(where: { $0.name == name }) else {
      let known = commands.map { $0.name }.joined(separator: ", ")
      printError("spnd: there is no command \(word); there are \(known). See spnd --help")
      return .usage
    }
    return run(command, Array(words.dropFirst()))
  }

  private func run(_ command: any Command.Type, _ words: [String]) -> ExitCode {
    if words.contains("--help") || words.contains("-h") {
      print(command.help)
      return .success
    }
    do throws(Failure) {
      let arguments = try Arguments(words, options: command.options, flags: command.flags)
      try command.run(arguments)
      return .success
    } catch {
      printError("spnd \(command.name): \(error.message)")
      return error.code
    }
  }

  private var usage: String {
    let width = commands.map { $0.name.count }.max() ?? 0
    let lines = commands.map { command in
      let padding = String(repeating: " ", count: width - command.name.count)
      return "  \(command.name)\(padding)  \(command.summary)"
    }
    return """
      spnd learns every stream of sensor and metric events as it comes out of Kafka, and says what
      it expects, what is anomalous and what has drifted.

      usage: spnd COMMAND …

      \(lines.joined(separator: "\n"))

      spnd COMMAND --help explains one. Exit codes are those of sysexits.h: 0 done, 64 wrong
      usage, 78 wrong definition.
      """
  }
}
