/// Where things lie in a stream's block.
///
/// A block is a header of 64 bytes (the stream's event count, its last time and that time's zone) and one `Channel` for each channel. All
/// fields have a fixed size, no padding is ever written, and zero bytes are a valid new stream.
enum Layout {
  /// Bytes before the first channel.
  static let headerByteCount = 64
  /// What a block must be aligned to.
  static let alignment = 64
  /// Bytes of one channel, a multiple of 64.
  static var channelByteCount: Int { (MemoryLayout<Channel>.size + 63) & ~63 }
}

/// What the channels of a stream have in common.
struct Header: ~Copyable {
  /// Events so far.
  var eventCount: Int64
  /// The last event's time, UTC.
  var nanoseconds: Int64
  /// The seconds that local clocks were ahead of UTC then.
  var zoneOffset: Int64
}
