/// What may stand at the repository's top.
enum Layout {
  static let topLevel: Set<String> = [
    "Package.swift", "Sources", "Tests", "Pipelines", "Systemd", "README.md", "Makefile", "LICENSE",
    "CHANGELOG.md",
  ]

  /// The names that are neither in the list nor dot files.
  static func strangers(in names: [String]) -> [String] {
    names.filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.sorted()
  }
}
