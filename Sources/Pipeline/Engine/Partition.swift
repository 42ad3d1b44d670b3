internal import SPN

/// A partition that this worker was given: how far it is, and the streams that live in it.
final class Partition {
  let id: TopicPartition
  /// The next offset to learn.
  var position: Int64
  /// The offset that the group had committed when it gave the partition: what is before it was
  /// answered, and is only learned again.
  private(set) var replaysTo: Int64 = 0
  /// The first offset to speak about; before it the engine learns in silence.
  private(set) var speaksFrom: Int64 = 0
  /// The offset that the group has committed; nil where it has none.
  private(set) var committed: Int64?
  /// The first offset of the log when the partition was given.
  private(set) var logStart: Int64 = 0
  /// The text that is committed with the offset.
  private(set) var metadata = ""
  /// Where the group begins, if it has not committed yet.
  private(set) var bootstrap: PartitionOffer.Bootstrap?
  /// The partitions of the topic; nil where that is not known.
  private(set) var topicCount: Int32?
  /// Which models these are.
  let lineage: Lineage
  /// How often an operator has changed models of the partition, as far as these models know.
  var revision: Int64 = 0
  var streams: StreamTable
  /// The groups of the streams; nil where each is on its own.
  let groups: Groups?
  /// The streams that are expected to speak.
  var silence = SilenceWatch()
  /// The last outcomes, one for each channel, of the streams that have series of their own: the
  /// first that came, whether they are in memory or not.
  private(set) var latest: [(stream: [UInt8], outcomes: [Outcome])] = []
  /// Their places, by the hash of the stream's name.
  private var latestPlaces: [UInt64: Int] = [:]
  /// A count of the streams, made bit by bit.
  var roll = StreamRoll()
  var saving = Saving()

  /// How the saving of its models goes.
  struct Saving {
    /// Whether saved models are still to be loaded; nothing is read until they are.
    var isLoading = false
    /// The models that are still to be loaded, and the place in the store up to which they are.
    var toLoad = 0
    var loadedTo: [UInt8]?
    /// Whether the store may know streams that are not in memory.
    var hasOthers = false
    /// Every record below this offset is in the store's models; −1 while there are none.
    var watermark: Int64 = -1
    /// Models copied at the boundary of the commit that is under way, to be written if it succeeds.
    var copied: Slice?
    /// The models in the slice that is on its way to the store, if there is one.
    var underWay: Int?
    /// When it was begun, on the engine's clock.
    var begun: UInt64 = 0
    /// When a slice was last written, in milliseconds since 1970; nil before the first.
    var lastSuccess: Int64?
    /// Whether another worker has taken the saved models over.
    var isForfeit = false
    /// A slice that the store could not take.
    var failed: Slice?
    /// The slices that are left of the round, and the streams in each.
    var slicesLeft = 0
    var share = 0
    /// The streams of the slice that is due which there was no room for yet.
    var rest = 0
    /// When the next slice is due, on the engine's clock.
    var due: UInt64 = 0
    /// Every record below this offset is in the changelog's models; nil while there are none.
    var logged: Int64?
    /// Whether models go to the changelog, which lacks them, as they are loaded.
    var isLogging = false
    /// What was read of the changelog, while the store is filled from it.
    var filling: Filling?

    /// Models that are held a second time, in a slice.
    var sliceCount: Int { (underWay ?? 0) + (copied?.count ?? 0) + (failed?.count ?? 0) }
  }

  /// A partition without models in memory, to be read from `position` on.
  init(
    _ offer: PartitionOffer, from position: Int64, lineage: Lineage, pool: BlockPool,
    groups: Groups?
  ) {
    id = offer.partition
    self.position = position
    self.lineage = lineage
    streams = StreamTable(pool: pool)
    self.groups = groups
    take(offer)
  }

  /// Notes what the cluster says of the partition as it is given.
  func take(_ offer: PartitionOffer) {
    let known = OffsetMetadata(text: offer.metadata)
    committed = offer.committed
    metadata = offer.metadata
    logStart = offer.logStart
    bootstrap = offer.committed == nil ? offer.bootstrap : nil
    topicCount = offer.partitionCount
    replaysTo = max(offer.committed ?? offer.logStart, position)
    speaksFrom = max(replaysTo, bootstrap?.speaks ?? known?.speaks ?? 0)
    saving.logged = known?.lineage == lineage ? known?.logged : nil
  }

  /// Where the group goes on by what is known here.
  var progress: Int64 { max(position, replaysTo) }

  /// Whether records were answered that the group has not committed.
  var isDirty: Bool { position > max(replaysTo, committed ?? 0) }

  /// Whether the first offset to speak about is still to be committed, which fixes it.
  var isUnfixed: Bool { bootstrap != nil && committed == nil }

  /// Whether saved models are to be loaded, and are all in the store.
  var isToLoad: Bool { saving.isLoading && saving.filling == nil }

  /// Whether something of it waits for the next commit, or for the outcome of the last.
  var isUncommitted: Bool {
    isDirty || saving.copied != nil || saving.isLogging || isUnfixed
  }

  /// How often an operator had changed models when the group's offset was committed.
  var committedRevision: Int64 { OffsetMetadata(text: metadata)?.revision ?? 0 }

  /// Whether the offset that the group committed last is one that these models stood behind.
  func hasLineage(of offer: PartitionOffer) -> Bool {
    OffsetMetadata(text: metadata)?.lineage == OffsetMetadata(text: offer.metadata)?.lineage
  }

  /// Notes that the changelog has every record below an offset.
  func noteLogged(_ watermark: Int64) {
    saving.logged = max(saving.logged ?? -1, watermark)
    saving.isLogging = false
  }

  /// Notes what the group has committed.
  func noteCommitted(_ offset: CommittedOffset) {
    committed = offset.offset
    metadata = offset.metadata
  }

  /// Takes a saved model into memory; false where it cannot be used, and its stream begins anew.
  ///
  /// - Parameter offset: the record before which that happens.
  func admit(
    _ form: Span<UInt8>, as stream: Int, at offset: Int64, kind: SavedModel.Kind,
    layout: StreamLayout
  ) -> Bool {
    do throws(SavedModel.Damage) {
      let numerics = try streams.read(form, into: stream, kind: kind)
      if numerics != kind.numerics {
        // Not a change: until the stream has an event, its saved form says the same.
        let block = unsafe StreamBlock(streams.block(of: stream), layout: layout)
        block.state.reset = .upgraded
      }
      return true
    } catch {
      makeNew(stream, .damaged, at: offset, layout: layout)
      return false
    }
  }

  /// Makes a stream forget everything but the records before `offset`, which it will not learn
  /// again.
  func makeNew(_ stream: Int, _ reset: StreamState.Reset, at offset: Int64, layout: StreamLayout) {
    let bytes = unsafe streams.block(of: stream)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: layout.byteCount)
    var state = StreamState()
    state.reset = reset
    if reset == .asked { state.nextOffset = offset }
    unsafe StreamBlock(bytes, layout: layout).state = state
    streams.noteChange(stream, at: offset)
  }

  /// Expects a stream that was restored to speak, if it was expected to.
  func watch(_ block: StreamBlock, _ key: Span<UInt8>) {
    let silence = block.state.silence
    guard silence.deadline != 0, silence.phase != .silent else { return }
    self.silence.add(Array(count: key.count) { key[$0] }, deadline: silence.deadline)
  }

  /// The same of a stream that stays in the store; a damaged one is found when it is needed.
  func watch(
    _ form: Span<UInt8>, key: Span<UInt8>, kind: SavedModel.Kind, layout: StreamLayout,
    pool: BlockPool
  ) {
    let index = pool.allocate()
    defer { pool.release(index) }
    let block = unsafe pool[index]
    guard unsafe (try? SavedModel.read(form, key: key, kind: kind, into: block)) != nil
    else { return }
    watch(unsafe StreamBlock(block, layout: layout), key)
  }

  /// Keeps a stream's outcomes for its series, if it is among the first so many streams.
  func noteLatest(_ outcomes: [Outcome], of stream: Span<UInt8>, atMost count: Int) {
    let hash = hashBytes(stream)
    guard let place = latestPlaces[hash] else {
      guard latest.count < count else { return }
      latestPlaces[hash] = latest.count
      latest.append((Array(count: stream.count) { stream[$0] }, outcomes))
      return
    }
    for channel in outcomes.indices where !outcomes[channel].value.isNaN {
      latest[place].outcomes[channel] = outcomes[channel]
    }
  }
}
