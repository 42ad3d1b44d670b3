/// How often the definition was read anew, and what came of it.
public struct ReloadReport: Sendable, Equatable {
  public var successes: Int64 = 0
  public var failures: Int64 = 0
  /// Whether the last one was taken; the one at the start was.
  public var isLastSuccessful = true
  /// When the definition in force was taken, in milliseconds since 1970.
  public var lastSuccess: Int64

  public init(at time: Int64) { lastSuccess = time }
}
