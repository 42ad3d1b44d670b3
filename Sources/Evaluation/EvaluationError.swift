/// Why an evaluation cannot be made: the file or folder, and what to do about it.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
  /// The file or folder, with a line where one is meant: `labels.json` or `a/b.csv:17`.
  package var subject: String
  package var reason: String

  package init(_ subject: String, _ reason: String) {
    self.subject = subject
    self.reason = reason
  }

  package var description: String { "\(subject): \(reason)" }
}
