import Testing

@Suite("Text")
struct TextTests {
  let files: [TextFile]

  init() throws { files = try Repository().files }

  @Test("no Swift file is longer than 500 lines; 250 is the target")
  func longFiles() {
    #expect(TextRules.longFiles(in: files) == [])
  }

  @Test("no line of Swift is wider than 100 columns")
  func wideLines() {
    #expect(TextRules.wideLines(in: files) == [])
  }

  @Test("nothing that traps, is unfinished, or is named for nothing")
  func forbidden() {
    #expect(TextRules.forbidden(in: files) == [])
  }

  @Test("no file names a folder of one particular machine")
  func machinePaths() {
    #expect(TextRules.machinePaths(in: files) == [])
  }

  @Test("500 lines pass and 501 do not")
  func longFileIsSeen() {
    let fits = String(repeating: "\n", count: TextRules.fileLinesMax)
    #expect(TextRules.longFiles(in: [sample(fits)]) == [])
    #expect(TextRules.longFiles(in: [sample(fits + "\n")]).count == 1)
    #expect(TextRules.longFiles(in: [sample(fits + "}")]).count == 1)
  }

  @Test("100 columns pass and 101 do not")
  func wideLineIsSeen() {
    let fits = String(repeating: "é", count: TextRules.lineColumnsMax)
    #expect(TextRules.wideLines(in: [sample(fits)]) == [])
    #expect(TextRules.wideLines(in: [sample("\n" + fits + "x")]) == ["\(path):2: 101 columns"])
  }

  @Test(
    "each forbidden word is seen",
    arguments: [
      "try" + "! run()", "fatal" + "Error(\"no\")", "// TO" + "DO: later", "/* FIX" + "ME */",
      "struct StreamMan" + "ager {", "final class Hel" + "per {", "enum StringUt" + "ils {",
      "extension Box: @unchecked" + " Sendable {}",
    ])
  func forbiddenIsSeen(line: String) {
    #expect(TextRules.forbidden(in: [sample(line)]).count == 1)
  }

  @Test(
    "words that only look forbidden pass",
    arguments: ["try? run()", "let mastodon = 1", "FileMan" + "ager.default", "struct Stream {"])
  func harmlessPasses(line: String) {
    #expect(TextRules.forbidden(in: [sample(line)]) == [])
  }

  @Test("unchecked sendability is the Kafka module's alone")
  func uncheckedInKafka() {
    let text = "extension Box: @unchecked" + " Sendable {}"
    #expect(TextRules.forbidden(in: [TextFile(path: "Sources/Kafka/Box.swift", text: text)]) == [])
  }

  @Test("an absolute path is seen, a relative one is not")
  func machinePathIsSeen() {
    for path in ["/work" + "/main", "cat \"/root" + "/x\"", "(/opt/swift" + "/usr)"] {
      #expect(TextRules.machinePaths(in: [TextFile(path: "notes.md", text: path)]).count == 1)
    }
    for path in ["frame/work" + "/x", "./root" + "/x", "${BASE}/work" + "/x"] {
      #expect(TextRules.machinePaths(in: [TextFile(path: "notes.md", text: path)]) == [])
    }
  }

  private let path = "Sources/SPN/Sample.swift"

  private func sample(_ text: String) -> TextFile { TextFile(path: path, text: text) }
}
