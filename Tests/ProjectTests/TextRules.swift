/// The rules on text that the formatter does not hold.
enum TextRules {
  /// The lines of a Swift file to aim for, and the number that it may never pass.
  static let fileLinesTarget = 250
  static let fileLinesMax = 500
  /// The characters of a line of Swift.
  static let lineColumnsMax = 100

  // Assembled from parts, so that this file keeps its own rules.
  private static let phrases = ["try" + "!", "fatal" + "Error("]
  private static let words: Set<Substring> = ["TO" + "DO", "FIX" + "ME"]
  private static let typeNames = ["Man" + "ager", "Hel" + "per", "Ut" + "ils"]
  private static let machinePaths = ["work", "root", "opt/swift"].map { "/\($0)/" }
  private static let uncheckedSendable = "@unchecked" + " Sendable"

  /// One line per Swift file with more than `fileLinesMax` lines.
  static func longFiles(in files: [TextFile]) -> [String] {
    files.filter(\.isSwift).compactMap { file in
      let count = lineCount(file)
      return count > fileLinesMax ? "\(file.path): \(count) lines" : nil
    }
  }

  /// The lines of a file; the end of the last line starts no further one.
  static func lineCount(_ file: TextFile) -> Int {
    file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
  }

  /// One line per line of Swift that is wider than `lineColumnsMax`, but for those with a string:
  /// the formatter leaves strings whole.
  static func wideLines(in files: [TextFile]) -> [String] {
    violations(in: files.filter(\.isSwift)) { _, line in
      line.count > lineColumnsMax && !line.contains("\"") ? ["\(line.count) columns"] : []
    }
  }

  /// One line per place where Swift uses what the project has sworn off.
  static func forbidden(in files: [TextFile]) -> [String] {
    violations(in: files.filter(\.isSwift)) { file, line in
      var found = phrases.filter { line.contains($0) }
      if line.contains(uncheckedSendable), file.module != "Kafka" {
        found.append(uncheckedSendable)
      }
      let tokens = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      found += tokens.filter(words.contains).map(String.init)
      found += declaredTypes(tokens).filter { name in typeNames.contains { name.contains($0) } }
      return found
    }
  }

  /// One line per place in any file that names a folder of one particular machine.
  static func machinePaths(in files: [TextFile]) -> [String] {
    violations(in: files) { _, line in
      machinePaths.filter { path in
        // `framework/` and `./work/` are not absolute.
        line.ranges(of: path).contains { range in
          guard range.lowerBound > line.startIndex else { return true }
          let before = line[line.index(before: range.lowerBound)]
          return !before.isLetter && !before.isNumber && !"._-)}*/".contains(before)
        }
      }
    }
  }

  private static func declaredTypes(_ tokens: [Substring]) -> [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    return zip(tokens, tokens.dropFirst()).filter { kinds.contains($0.0) }.map { String($0.1) }
  }

  private static func violations(
    in files: [TextFile], _ rule: (TextFile, Substring) -> [String]
  ) -> [String] {
    files.flatMap { file in
      file.lines.enumerated().flatMap { index, line in
        rule(file, line).map { "\(file.path):\(index + 1): \($0)" }
      }
    }
  }
}
