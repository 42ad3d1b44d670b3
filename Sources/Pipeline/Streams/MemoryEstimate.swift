internal import SPN

/// What the streams of a definition take of memory.
public struct MemoryEstimate: Sendable, Equatable {
  /// Bytes of one stream's block: its state, an alarm and a model a channel.
  public let blockByteCount: Int
  /// Bytes that belong to a stream beside its block, of a key of usual length; in a group, what it
  /// hears of others as well.
  public let besideByteCount: Int
  /// The bytes that models may take together, `state.memory`.
  public let byteCountMax: Int

  public init(of definition: Definition) {
    let channels = definition.input.values.count
    let network = definition.network
    blockByteCount = StreamLayout(network: network, channels: channels).byteCount
    let boardByteCount = definition.input.group.isEmpty ? 0 : network.boardByteCount
    besideByteCount = BlockPool.bytesBeside + boardByteCount
    byteCountMax = definition.state.memory
  }

  /// The streams that memory holds at least; others wait in the store. Up to an eighth of it is for
  /// copies that are on their way there.
  public var streamsMax: Int { max(1, byteCountMax / 8 * 7 / byteCount(streams: 1)) }

  /// The bytes of a number of streams.
  public func byteCount(streams: Int) -> Int { streams * (blockByteCount + besideByteCount) }

  /// The same in words, a line each.
  public func describe() -> [String] {
    let sizes = [10_000, 100_000, 1_000_000].map { streams in
      "\(streams) streams take \(byteCount(streams: streams) >> 20) MiB"
    }
    return ["one stream takes \(blockByteCount) bytes, and about \(besideByteCount) beside them"]
      + sizes
      + ["state.memory holds at least \(streamsMax) streams; others wait in the state directory"]
  }
}
