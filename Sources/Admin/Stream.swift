/// A reply that is written while it is sent.
protocol Stream: AnyObject, Sendable {
  /// Who serves it, and outlives it.
  var host: Host { get }

  /// Fills a buffer with what there is; rests, with no bytes, where that is nothing yet.
  func read(into buffer: UnsafeMutableRawBufferPointer, now: UInt64) -> StreamPart

  /// Wakes the connection where there is something to say.
  func wake(now: UInt64)

  /// Ends the reply.
  func end()
}

/// What comes next of a stream.
enum StreamPart {
  case bytes(Int)
  case end
  /// It cannot be ended as it should.
  case broken
}
