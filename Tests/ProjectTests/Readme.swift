/// The commands that a Markdown text shows as code.
struct Readme {
  /// The words after `make` that name targets.
  private(set) var makeTargets: Set<String> = []
  /// The words after `spnd` that name subcommands.
  private(set) var subcommands: Set<String> = []

  init(_ markdown: String) {
    for line in Self.code(in: markdown) {
      // What follows a hash is a comment to the reader.
      let command = line.prefix { $0 != "#" }
      for simple in command.split(whereSeparator: { ";&()$".contains($0) }) {
        read(simple.split { $0 == " " || $0 == "\t" })
      }
    }
  }

  private mutating func read(_ words: [Substring]) {
    for (index, word) in words.enumerated() {
      let rest = words[(index + 1)...]
      if word == "make" { makeTargets.formUnion(rest.filter(Self.isName).map(String.init)) }
      if word == "spnd" || word.hasSuffix("/spnd"), let first = rest.first {
        // `run|check` names both.
        let names = first.split(separator: "|")
        if names.allSatisfy(Self.isName) { subcommands.formUnion(names.map(String.init)) }
      }
    }
  }

  private static func isName(_ word: Substring) -> Bool {
    !word.isEmpty && word.allSatisfy { $0.isASCII && $0.isLowercase || $0 == "-" }
      && word.first != "-"
  }

  /// The lines of fenced blocks, and the spans between single backquotes elsewhere.
  private static func code(in markdown: String) -> [Substring] {
    var isFenced = false
    return markdown.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isFenced.toggle()
        return [Substring]()
      }
      if isFenced { return [line] }
      let parts = line.split(separator: "`", omittingEmptySubsequences: false)
      return parts.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    }
  }
}
