import Testing

@Suite("README")
struct ReadmeTests {
  let repository: Repository

  init() throws { repository = try Repository() }

  @Test("every make target that it names exists")
  func makeTargets() throws {
    guard let readme = repository.file("README.md") else { return }
    let targets = Self.targets(of: try #require(repository.file("Makefile")))
    #expect(Readme(readme.text).makeTargets.subtracting(targets) == [])
  }

  @Test("every subcommand that it names exists")
  func subcommands() throws {
    guard let readme = repository.file("README.md") else { return }
    let sources = repository.files.filter { $0.module == "spnd" }
    try #require(!sources.isEmpty)
    let missing = Readme(readme.text).subcommands.filter { name in
      !sources.contains { Self.dispatches($0, name) }
    }
    #expect(missing == [])
  }

  @Test("commands are found in code alone")
  func commands() {
    let markdown = """
      Some people make promises about spnd here. Run `make lint` or `spnd check FILE`.

      ```sh
      sudo make install PREFIX=/usr   # make coffee
      .build/release/spnd run plant.yaml && make -j2 build demo ARGS='--fast'
      spnd eval|bench
      systemctl start spnd
      ```
      """
    let readme = Readme(markdown)
    #expect(readme.makeTargets == ["lint", "install", "build", "demo"])
    #expect(readme.subcommands == ["check", "run", "eval", "bench"])
  }

  @Test("a target or subcommand that does not exist is seen")
  func missing() {
    let makefile = TextFile(path: "Makefile", text: ".PHONY: build\nbuild: deps ## build\n\tx\n")
    #expect(Self.targets(of: makefile) == ["build"])
    let main = TextFile(path: "Sources/spnd/main.swift", text: "case \"run\": run()\ncase check\n")
    #expect(Self.dispatches(main, "run"))
    #expect(Self.dispatches(main, "check"))
    #expect(!Self.dispatches(main, "replay"))
  }

  private static func targets(of makefile: TextFile) -> Set<String> {
    Set(
      makefile.lines.compactMap { line in
        let name = line.prefix { $0.isLetter || $0 == "-" }
        let rest = line.dropFirst(name.count)
        return !name.isEmpty && rest.hasPrefix(":") && !rest.hasPrefix(":=") ? String(name) : nil
      })
  }

  /// Whether a source file spells `name` as a string or as a case.
  private static func dispatches(_ file: TextFile, _ name: String) -> Bool {
    if file.text.contains("\"\(name)\"") { return true }
    return file.lines.contains { line in
      let words = line.split { !$0.isLetter && $0 != "_" }
      return words.first == "case" && words.dropFirst().contains { $0 == name }
    }
  }
}
