/// Where the daemon's own messages go: one line each, with a level.
public struct Journal: Sendable {
  /// The levels of syslog that the daemon uses, by their number.
  public enum Level: Int, Sendable {
    case error = 3
    case warning = 4
    case info = 6
    case debug = 7
  }

  private let write: @Sendable (Level, LogMessage) -> Void

  /// A journal whose lines go to `write`, from any thread.
  public init(_ write: @escaping @Sendable (Level, LogMessage) -> Void) {
    self.write = write
  }

  public func error(_ message: LogMessage) { write(.error, message) }
  public func warning(_ message: LogMessage) { write(.warning, message) }
  public func info(_ message: LogMessage) { write(.info, message) }
  public func debug(_ message: LogMessage) { write(.debug, message) }

  /// A message whose level is only known when it comes.
  public func message(_ level: Level, _ message: LogMessage) { write(level, message) }
}
