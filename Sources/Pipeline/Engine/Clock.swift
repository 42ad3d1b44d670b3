/// The time of day and a stopwatch, as a value, so that a simulation can supply its own.
public protocol Clock: Sendable {
  /// Milliseconds since 1970. Only dead letters and logs carry it; no result depends on it.
  func millisecondsSince1970() -> Int64
  /// Nanoseconds of a clock that never jumps.
  func monotonicNanoseconds() -> UInt64
}
