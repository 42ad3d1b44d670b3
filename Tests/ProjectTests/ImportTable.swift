/// Which module may import what: only what stands above it.
///
/// C libraries → SPN → Pipeline → Kafka, Storage, Admin, Evaluation → Demo → spnd.
enum ImportTable {
  private static let system: Set<String> = ["Glibc", "Synchronization"]
  private static let foundation: Set<String> = ["Foundation", "FoundationEssentials"]
  private static let adapters: Set<String> = ["Kafka", "Storage", "Admin", "Evaluation"]

  /// What each module that is written in Swift may import.
  static let allowed: [String: Set<String>] = {
    let engine: Set<String> = ["SPN", "Pipeline"]
    let demo = engine.union(adapters).union(system).union(foundation)
    return [
      "SPN": [],
      "Pipeline": system.union(["SPN", "CProcessor", "CSimdJSON", "CYAML"]),
      "Kafka": engine.union(system).union(["CProcessor", "CRdKafka"]),
      "Storage": engine.union(system).union(["CLMDB"]),
      "Admin": engine.union(system).union(["CMicroHTTPD"]),
      "Evaluation": engine.union(system).union(foundation),
      "Demo": demo,
      "spnd": demo.union(["Demo", "CBench", "CSystemd"]),
    ]
  }()

  /// One line per import in `files` that the table does not allow.
  static func violations(in files: [TextFile]) -> [String] {
    files.filter(\.isSwift).flatMap { file -> [String] in
      guard let module = file.module else { return [] }
      guard let allowed = allowed[module] else {
        return ["\(file.path): \(module) is not in the import table"]
      }
      return imports(of: file).filter { !allowed.contains($0.name) }.map {
        "\(file.path):\($0.line): \(module) may not import \($0.name)"
      }
    }
  }

  /// The modules that a file imports, with their lines, from 1.
  static func imports(of file: TextFile) -> [(name: String, line: Int)] {
    file.lines.enumerated().compactMap { index, line in
      importedModule(in: line).map { ($0, index + 1) }
    }
  }

  /// The module that an import declaration names, or nil for any other line.
  static func importedModule(in line: Substring) -> String? {
    let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    let kinds: Set<Substring> = [
      "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]
    var words = line.split { $0 == " " || $0 == "\t" }[...]
    while let word = words.first, word.hasPrefix("@") || access.contains(word) {
      words.removeFirst()
    }
    guard words.popFirst() == "import" else { return nil }
    if let word = words.first, kinds.contains(word) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
  }
}
