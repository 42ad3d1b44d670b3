import FoundationEssentials

/// A folder of labelled series, laid out as in the Numenta Anomaly Benchmark.
package enum Corpus {
  /// Reads `DIR/data/CATEGORY/FILE.csv` and `DIR/labels/combined_windows.json`.
  ///
  /// Every file must be labelled and every label must have its file. Windows are pairs of times as
  /// they stand in the file.
  package static func load(_ folder: String) throws(EvaluationError) -> [LabelledSeries] {
    let labels = try readLabels("\(folder)/labels/combined_windows.json")
    var found: Set<String> = []
    var result: [LabelledSeries] = []
    for category in try namesInFolder("\(folder)/data") {
      let path = "\(folder)/data/\(category)"
      guard isFolder(path) else { continue }
      for name in try namesInFolder(path) where name.hasSuffix(".csv") {
        let key = "\(category)/\(name)"
        guard let windows = labels[key] else {
          throw EvaluationError(
            "\(path)/\(name)", "has no entry in labels/combined_windows.json; add \"\(key)\": []")
        }
        found.insert(key)
        result.append(try load("\(path)/\(name)", category: category, name: name, windows: windows))
      }
    }
    if let missing = labels.keys.filter({ !found.contains($0) }).min() {
      throw EvaluationError("\(folder)/data/\(missing)", "is labelled, but is not there")
    }
    return result
  }

  private static func load(
    _ path: String, category: String, name: String, windows: [[String]]
  ) throws(EvaluationError) -> LabelledSeries {
    let file = try SeriesFile(path: path, name: name)
    guard file.series.channels.count == 1 else {
      throw EvaluationError(
        "\(path):1", "has \(file.series.channels.count) columns of numbers; one")
    }
    var ranges: [ClosedRange<Int>] = []
    for window in windows {
      guard window.count == 2 else {
        throw EvaluationError(path, "a window of its labels is not a pair [first, last]")
      }
      let first = try file.event(at: window[0], path: path)
      let last = try file.event(at: window[1], path: path)
      guard first <= last else {
        throw EvaluationError(path, "a window of its labels ends before it begins: \(window[0])")
      }
      ranges.append(first...last)
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    return LabelledSeries(category: category, series: file.series, windows: ranges, file: file)
  }

  private static func readLabels(_ path: String) throws(EvaluationError) -> [String: [[String]]] {
    let bytes = try readFile(path)
    guard let labels = try? JSONDecoder().decode([String: [[String]]].self, from: Data(bytes))
    else {
      throw EvaluationError(
        path, "is no JSON object of \"CATEGORY/FILE.csv\": [[\"first time\", \"last time\"], …]")
    }
    return labels
  }
}

extension SeriesFile {
  /// The first event whose row begins with a time, compared by its first 19 characters as the
  /// benchmark does.
  fileprivate func event(at time: String, path: String) throws(EvaluationError) -> Int {
    let wanted = Array(time.utf8.prefix(19))
    guard let event = rows.firstIndex(where: { bytes[$0].starts(with: wanted) }) else {
      throw EvaluationError(path, "has no row at \(time), where a window of its labels ends")
    }
    return event
  }
}
