/// A partition that this worker was given: how far it is, and the streams that live in it.
final class Partition {
  let id: TopicPartition
  /// The next offset to learn.
  var position: Int64
  /// The first offset to speak about; before it the engine learns in silence.
  var speaksFrom: Int64
  /// The offset that the group has committed; nil where it has none.
  var committed: Int64?
  /// The first offset of the log when the partition was given.
  var logStart: Int64
  var streams: StreamTable
  /// The streams that are expected to speak.
  var silence = SilenceWatch()
  /// A count of the streams, made bit by bit.
  var roll = StreamRoll()

  /// A partition without models: they are learned from the start of the log.
  init(_ offer: PartitionOffer, blockByteCount: Int) {
    id = offer.partition
    position = offer.logStart
    committed = offer.committed
    logStart = offer.logStart
    speaksFrom = offer.committed ?? offer.logStart
    streams = StreamTable(blockByteCount: blockByteCount)
  }

  /// Whether records were answered that the group has not committed.
  var isDirty: Bool { position > max(speaksFrom, committed ?? 0) }
}
