/// Why the server cannot be started.
public struct AdminError: Error, CustomStringConvertible {
  /// What failed: an address or a file.
  public let subject: String
  /// Why, and what to do about it.
  public let reason: String
  /// Whether the definition is wrong, so that starting again does not help.
  public let isConfiguration: Bool

  init(_ subject: String, _ reason: String, isConfiguration: Bool = false) {
    self.subject = subject
    self.reason = reason
    self.isConfiguration = isConfiguration
  }

  public var description: String { "\(subject): \(reason)" }
}
