/// Whom a channel listens to.
public enum Neighbour: Sendable, Equatable {
  /// Another channel of its stream, by its number.
  case channel(Int)
  /// The channel of its own number of another stream of its group, by its place on the board.
  case member(place: Int)
}

extension StreamModel {
  /// Whom the two message synapses of a channel listen to; nil where one listens to nobody.
  ///
  /// - Parameters:
  ///   - index: the channel, 0…channels − 1.
  ///   - place: the stream's own place on the board of its group, if it has one.
  public func neighbours(channel index: Int, as place: Int? = nil) -> [Neighbour?] {
    precondition(index >= 0 && index < channelCount)
    return (0..<Messages.synapseCount).map { synapse in
      guard let number = unsafe channel(index).pointee.messages.neighbour(of: synapse) else {
        return nil
      }
      let others = channelCount - 1
      guard number >= others else { return .channel((index + 1 + number) % channelCount) }
      return .member(place: number - others < place ?? .max ? number - others : number - others + 1)
    }
  }
}
