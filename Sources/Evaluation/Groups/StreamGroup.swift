package import Pipeline
package import SPN

/// A stream at work outside the daemon with those that it hears: the others of its group, if it
/// has any.
package struct StreamGroup: ~Copyable {
  /// A rehearsal, which cannot be copied, in a box.
  private final class Member {
    var rehearsal: Rehearsal
    init(_ rehearsal: consuming Rehearsal) { self.rehearsal = rehearsal }
  }

  private let streams: [Series]
  private let members: [Member]
  private var board: MessageBoard

  /// - Parameters:
  ///   - streams: at least one, all with the same channels.
  ///   - isGrouped: whether they hear each other; else there is one.
  package init(_ streams: [Series], _ settings: Settings, isGrouped: Bool = true) {
    self.streams = streams
    members = streams.map { Member(Rehearsal($0, settings, isGrouped: isGrouped)) }
    board = MessageBoard(
      settings.network(channels: streams[0].channels.count, isGrouped: isGrouped))
  }

  /// Feeds one event of a stream; false, and nothing said, where it is late or a repetition.
  package mutating func observe(_ event: Int, of stream: Int) -> Bool {
    members[stream].rehearsal.observe(event, on: &board, as: UInt64(stream + 1))
  }

  /// What was said of a stream's last event, one outcome a channel.
  package func outcomes(of stream: Int) -> [Outcome] { members[stream].rehearsal.outcomes }

  /// Each channel's alarm.
  package func alerts(of stream: Int) -> [AlertState] { members[stream].rehearsal.alerts }

  /// Why a stream's last event was expected and scored as it was.
  package func attribution(of stream: Int, channel: Int) -> Attribution {
    members[stream].rehearsal.attribution(channel: channel)
  }

  /// The names of the channels or streams that a channel's message synapses listen to.
  package func neighbours(of stream: Int, channel: Int) -> [String?] {
    let place = (0..<board.placeCount).first { board.member(at: $0) == UInt64(stream + 1) }
    return members[stream].rehearsal.neighbours(channel: channel, as: place).map { neighbour in
      switch neighbour {
      case .channel(let number): streams[stream].channels[number]
      case .member(let place): board.member(at: place).map { streams[Int($0) - 1].name }
      case nil: nil
      }
    }
  }
}
