/// The part of all streams that one engine answers, where several read the same records.
///
/// Which engine answers a stream changes nothing in what it says.
public struct Shard: Sendable, Equatable {
  /// This part, from 0.
  public let index: Int
  /// The parts that there are, at least 1.
  public let count: Int

  /// Every stream.
  public static let all = Shard(index: 0, count: 1)

  public init(index: Int, count: Int) {
    precondition(count >= 1 && (0..<count).contains(index))
    self.index = index
    self.count = count
  }

  /// Whether what hashes to this is ours.
  func owns(_ hash: UInt64) -> Bool { hash % UInt64(count) == UInt64(index) }
}
