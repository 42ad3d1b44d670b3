internal import SPN

/// Streams that hear each other.
extension Processor {
  /// The place of the stream of the event being answered on its group's board, which is brought
  /// back from the store if it was sent there; nil where it is on its own.
  mutating func takeSeat(
    _ stream: Int, in partition: Partition, counters: inout Counters
  ) throws(PipelineError) -> Groups.Seat? {
    guard let groups = partition.groups else { return nil }
    let name = definition.input.group(of: decoder.stream)
    let (board, isNew) = groups.board(named: name)
    if isNew, partition.saving.hasOthers, let store {
      var isSound = true
      _ = try store.find(name, of: partition.id) { form in
        isSound = groups.read(form, into: board)
      }
      counters.resetStreams += isSound ? 0 : 1
    }
    if let digest = encoder.keyDigest, groups.noteKey(digest: digest, on: board) {
      counters.rekeyed += 1
    }
    let seat = groups.seat(stream, named: decoder.stream, on: board)
    counters.unheard += seat == nil ? 1 : 0
    return seat
  }
}
