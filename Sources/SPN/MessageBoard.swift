/// What the streams of one group last told each other.
///
/// A group is a graph of streams, as a stream is one of channels. Each of its first `placeCount`
/// streams takes a place for good, in the order in which they come; later ones neither speak nor
/// hear. For each place: who holds it (8 bytes, 0 while it is free), when it last spoke (8 bytes),
/// and a `Message` of each of its channels. A board of zeros is that of a new group.
@safe public struct MessageBoard: ~Copyable {
  private let base: UnsafeMutableRawPointer
  private let channelCount: Int
  private let ownsBytes: Bool

  /// A new group's board, in memory of its own.
  public init(_ network: Network) {
    channelCount = network.channelCount
    let byteCount = network.boardByteCount
    unsafe base = .allocate(byteCount: byteCount, alignment: Layout.alignment)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    ownsBytes = true
  }

  /// A board that lives elsewhere, in `network.boardByteCount` bytes aligned to 64, which must
  /// outlive this; costs nothing and frees nothing.
  @unsafe
  public init(_ network: Network, borrowing bytes: UnsafeMutableRawPointer) {
    precondition(UInt(bitPattern: bytes) % UInt(Layout.alignment) == 0)
    unsafe base = bytes
    channelCount = network.channelCount
    ownsBytes = false
  }

  deinit {
    if ownsBytes { unsafe base.deallocate() }
  }

  /// The streams of a group that talk at most: as many as a channel can listen to beside the other
  /// channels of its own stream, and itself.
  public var placeCount: Int { Self.placeCount(channels: channelCount) }

  /// The same for streams of so many channels, at least 1; 1 where no room is left for others.
  public static func placeCount(channels: Int) -> Int {
    max(1, Messages.neighboursMax + 2 - channels)
  }

  /// The place of a member, which takes the first that is free when it comes; nil where none is.
  ///
  /// - Parameter member: tells members from each other; not 0.
  public mutating func place(of member: UInt64) -> Int? {
    for place in 0..<placeCount {
      let holder = unsafe seat(place).pointee.member
      if holder == 0 { unsafe seat(place).pointee.member = member }
      if holder == 0 || holder == member { return place }
    }
    return nil
  }

  /// Who holds a place; nil while it is free.
  public func member(at place: Int) -> UInt64? {
    let member = unsafe seat(place).pointee.member
    return member == 0 ? nil : member
  }

  /// When the holder of a place last spoke, in nanoseconds since 1970.
  func time(at place: Int) -> Int64 { unsafe seat(place).pointee.nanoseconds }

  /// What a channel of the holder of a place last said.
  func message(at place: Int, channel: Int) -> Message {
    unsafe messages(place)[channel]
  }

  /// Notes that the holder of a place speaks.
  mutating func speak(at place: Int, nanoseconds: Int64) {
    unsafe seat(place).pointee.nanoseconds = nanoseconds
  }

  /// Notes what a channel of the holder of a place says.
  mutating func say(_ message: Message, at place: Int, channel: Int) {
    unsafe messages(place)[channel] = message
  }

  static func byteCount(channels: Int) -> Int {
    (placeCount(channels: channels) * placeByteCount(channels) + 63) & ~63
  }

  private static func placeByteCount(_ channels: Int) -> Int {
    (MemoryLayout<Seat>.size + channels * MemoryLayout<Message>.stride + 7) & ~7
  }

  private struct Seat {
    var member: UInt64
    var nanoseconds: Int64
  }

  // The bytes were sized by `byteCount`, and the types in them are trivial.

  private func seat(_ place: Int) -> UnsafeMutablePointer<Seat> {
    precondition(place >= 0 && place < placeCount)
    return unsafe (base + place * Self.placeByteCount(channelCount))
      .assumingMemoryBound(to: Seat.self)
  }

  private func messages(_ place: Int) -> UnsafeMutableBufferPointer<Message> {
    let start = unsafe UnsafeMutableRawPointer(seat(place)) + MemoryLayout<Seat>.size
    return unsafe UnsafeMutableBufferPointer(
      start: start.assumingMemoryBound(to: Message.self), count: channelCount)
  }
}

extension StreamModel {
  /// Hears what the other streams of its group said since its last event, before it observes the
  /// next.
  ///
  /// Each channel hears the other streams' channels of its number. A message counts in full for
  /// one of the channel's typical spacings, and then fades until it is gone after the second, so
  /// that no step is heard twice and a silent neighbour not at all.
  ///
  /// - Parameters:
  ///   - place: the stream's own.
  ///   - time: the event's.
  public mutating func hear(_ board: borrowing MessageBoard, as place: Int, at time: ModelTime) {
    guard network.hasMessages else { return }
    for c in 0..<channelCount {
      let spacing = unsafe channel(c).pointee.spacing.seconds
      for other in 0..<board.placeCount where other != place && board.member(at: other) != nil {
        let age = Double(time.nanoseconds &- board.time(at: other)) * 1e-9
        let share = spacing > 0 ? Float(min(max(2 - age / spacing, 0), 1)) : 1
        unsafe channel(c).pointee.messages.hear(
          board.message(at: other, channel: c).faded(to: share),
          from: neighbour(at: other, from: place))
      }
    }
  }

  /// Tells the other streams of its group about the event that it has observed.
  public func tell(_ board: inout MessageBoard, as place: Int, at time: ModelTime) {
    board.speak(at: place, nanoseconds: time.nanoseconds)
    for c in 0..<channelCount {
      unsafe board.say(channel(c).pointee.messages.sent, at: place, channel: c)
    }
  }

  /// The number under which a channel knows the member at another place: those of its own stream
  /// come first.
  private func neighbour(at other: Int, from place: Int) -> Int {
    channelCount - 1 + (other < place ? other : other - 1)
  }
}
