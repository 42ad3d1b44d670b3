import FoundationEssentials
import Pipeline

/// Scores in files, for an outside scorer.
package enum ScoreFiles {
  /// Writes `FOLDER/CATEGORY/FILE.csv`: the rows of each file as they are, with the column
  /// `anomaly_score` behind them.
  package static func write(_ trials: [AnomalyTrial], into folder: String) throws(EvaluationError) {
    for trial in trials {
      guard let file = trial.labelled.file else { continue }
      let category = "\(folder)/\(trial.labelled.category)"
      let path = "\(category)/\(file.series.name)"
      do {
        try FileManager.default.createDirectory(
          atPath: category, withIntermediateDirectories: true)
        try Data(bytes(file, trial.alarmScores)).write(to: URL(filePath: path))
      } catch {
        throw EvaluationError(path, "cannot be written: \(error)")
      }
    }
  }

  private static func bytes(_ file: SeriesFile, _ scores: [Float]) -> [UInt8] {
    var result = Array("timestamp,value,anomaly_score\n".utf8)
    for (row, score) in zip(file.rows, scores) {
      result += file.bytes[row]
      result += ",".utf8
      result += "\(score)\n".utf8
    }
    return result
  }
}
