internal import CRdKafka
public import Pipeline

#if canImport(Glibc)
  internal import Glibc
#endif

/// The version of librdkafka that this process runs with, as `2.0.2`.
public var libraryVersion: String {
  unsafe String(cString: rd_kafka_version_str())
}

/// The level that a log line has in syslog's terms, 0 (emergency) to 7 (debug), and its text.
///
/// Called on librdkafka's own threads as well as on the owner's.
public typealias Log = @Sendable (Int, LogMessage) -> Void

extension Duration {
  /// Whole milliseconds rounded up, so that a short wait is never none, within what C's `int`
  /// holds.
  var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int32(seconds) * 1000
      + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

/// Sleeps; for the pauses between attempts only.
func pause(_ duration: Duration) {
  usleep(UInt32(duration.milliseconds) * 1000)
}
