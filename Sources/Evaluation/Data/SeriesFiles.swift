import FoundationEssentials

/// Series from several files and folders.
package enum SeriesFiles {
  /// Reads files, and all `.csv` files of folders and of the folders in them, sorted by name.
  ///
  /// A series is called as its file, with the folder that it was found in.
  package static func load(_ paths: [String]) throws(EvaluationError) -> [Series] {
    var result: [Series] = []
    for path in paths {
      let files = try files(path)
      if files.isEmpty { throw EvaluationError(path, "has no .csv file in it") }
      for file in files { result.append(try SeriesFile(path: file, name: name(file)).series) }
    }
    return result
  }

  private static func files(_ path: String) throws(EvaluationError) -> [String] {
    guard isFolder(path) else { return [path] }
    var result: [String] = []
    for name in try namesInFolder(path) {
      let inner = "\(path)/\(name)"
      if name.hasSuffix(".csv") { result.append(inner) }
      if isFolder(inner) { result += try files(inner) }
    }
    return result
  }

  private static func name(_ path: String) -> String {
    let name = path.split(separator: "/").suffix(2).joined(separator: "/")
    return name.hasSuffix(".csv") ? String(name.dropLast(4)) : name
  }
}

/// Whether there is a folder at a path.
func isFolder(_ path: String) -> Bool {
  (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType)
    == .typeDirectory
}
