import Foundation

/// One text file of the repository, or a sample that stands in for one.
struct TextFile {
  /// The path from the repository's root, such as `Sources/SPN/Outcome.swift`.
  let path: String
  let text: String

  /// The lines without their ends; line 1 is at index 0.
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  var isSwift: Bool { path.hasSuffix(".swift") }

  /// The module that the file belongs to, or nil outside `Sources`.
  var module: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }
}

/// The checkout that these tests were compiled from.
struct Repository {
  /// The bytes above which a file counts as data rather than text.
  static let textBytesMax = 1_000_000

  let root: URL
  let files: [TextFile]

  /// Reads every text file but those beneath dot folders, which hold what tools write.
  init() throws {
    root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    files = try Self.read(root, prefix: "")
  }

  /// The names of everything at the top, dot files included.
  func topLevel() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path())
  }

  func file(_ path: String) -> TextFile? {
    files.first { $0.path == path }
  }

  private static func read(_ folder: URL, prefix: String) throws -> [TextFile] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    return try names.flatMap { name throws -> [TextFile] in
      let url = folder.appending(path: name)
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path())
      switch attributes[.type] as? FileAttributeType {
      case .typeDirectory?:
        let skipped = name.hasPrefix(".") && name != ".ci" || name == "__pycache__"
        return skipped ? [] : try read(url, prefix: prefix + name + "/")
      case .typeRegular?:
        // In a worktree, git's own is a file that says where the repository is.
        guard name != ".git" else { return [] }
        guard (attributes[.size] as? Int ?? 0) <= textBytesMax,
          let text = String(data: try Data(contentsOf: url), encoding: .utf8)
        else { return [] }
        return [TextFile(path: prefix + name, text: text)]
      default:
        return []
      }
    }
  }
}
