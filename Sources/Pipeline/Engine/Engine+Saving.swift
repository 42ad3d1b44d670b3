/// Models are saved behind the commits, never ahead of them.
///
/// A slice is copied where a transaction begins to be committed and written when it is; where
/// nothing is uncommitted, at once. What changed first is saved first, so that the watermark, below
/// which everything is saved, follows the committed offset within `state.max-replay`.
extension Engine where Link: ~Copyable {
  /// Bytes of the models that are on their way to the store, or copied to go there, at most.
  static var sliceBytesMax: Int { 32 << 20 }
  /// Slices in a round, which saves what had changed at its start; two rounds are
  /// `state.max-replay`, so that no change waits for longer.
  private static var slicesPerRound: Int { 30 }
  /// How long after a failure the store is tried again.
  private static var retryNanoseconds: UInt64 { 1_000_000_000 }

  /// Whether some models could not be saved; reading and committing wait until they are.
  var isBlocked: Bool { partitions.contains { $0.saving.failed != nil } }

  /// Looks after what is being saved, and saves what needs no commit.
  mutating func serveStore() throws(PipelineError) {
    guard let store else { return }
    try settleSaves(waits: false)
    if isBlocked { return try retrySaves(store) }
    // With a changelog everything is saved by way of a commit.
    guard !hasChangelog else { return }
    for partition in due() where !partition.isDirty {
      if let slice = copySome(of: partition) { write(slice, of: partition) }
    }
  }

  /// Copies what is due of partitions whose commit is about to begin.
  mutating func copyDue() {
    guard store != nil, !isBlocked else { return }
    for partition in due() where partition.isDirty || hasChangelog {
      partition.saving.copied = copySome(of: partition)
    }
  }

  /// Writes what was copied, now that the commit is acknowledged.
  mutating func writeCopied() {
    for partition in partitions {
      guard let slice = partition.saving.copied.take() else { continue }
      if hasChangelog { partition.noteLogged(slice.manifest.watermark) }
      write(slice, of: partition)
    }
  }

  /// Writes a slice of a partition without uncommitted records, and waits until that is done, and
  /// the changelog has it, too.
  ///
  /// - Returns: false where the partition had to be given up, which begins again.
  mutating func save(_ slice: consuming Slice, of partition: Partition) throws(PipelineError)
    -> Bool
  {
    if hasChangelog {
      partition.saving.copied = slice
      try commitAll()
    } else {
      write(slice, of: partition)
    }
    try settleSaves(waits: true)
    return partitions.contains { $0 === partition }
  }

  /// Saves everything, as far as that goes by the time; nothing may be uncommitted.
  mutating func saveAll(within limit: Duration) throws(PipelineError) {
    guard store != nil else { return }
    let start = clock.monotonicNanoseconds()
    try settleSaves(waits: true)
    for partition in partitions where !partition.isDirty && !partition.mustCatchUp {
      while !isBlocked, partition.hasUnsaved, !partition.saving.isLoading,
        !partition.saving.isForfeit,
        clock.monotonicNanoseconds() &- start < UInt64(limit / .nanoseconds(1)),
        try save(copy(partition, count: sliceCountMax), of: partition)
      {}
    }
  }

  /// Takes the outcomes of the slices that are on their way.
  mutating func settleSaves(waits: Bool) throws(PipelineError) {
    guard let store else { return }
    while let outcome = store.outcome(waits: waits) {
      switch outcome {
      case .written(let slice): noteSaved(slice)
      case .superseded(let slice): partition(of: slice)?.saving.isForfeit = true
      case .failed(let slice, let error): try block(slice, error)
      }
    }
  }

  /// Copies the models that changed first, which are then taken to be saved.
  func copy(_ partition: Partition, count: Int) -> Slice {
    var slice = slice(of: partition, count: min(count, partition.streams.changedCount))
    while slice.count < count, let stream = partition.streams.takeChanged() {
      append(stream, of: partition, to: &slice)
      appendGroup(of: stream, in: partition, to: &slice)
    }
    slice.manifest.watermark = partition.streams.firstChange ?? partition.position
    return slice
  }

  /// An empty slice with room for so many models.
  func slice(of partition: Partition, count: Int) -> Slice {
    // A key is seldom longer than what is added for it.
    let byteCount = pool.blockByteCount + SavedModel.overhead + 64
    return Slice(
      partition.id, manifest: manifest(of: partition), byteCount: count * byteCount)
  }

  /// Copies one model.
  func append(_ stream: Int, of partition: Partition, to slice: inout Slice) {
    let block = unsafe partition.streams.block(of: stream)
    let state = unsafe StreamBlock(block, layout: processor.layout).state
    partition.streams.append(
      stream, lastOffset: state.nextOffset - 1, kind: processor.kind, to: &slice)
  }

  /// Copies what else has changed in a stream's group: a board and the streams on it are saved as
  /// of one offset.
  func appendGroup(of stream: Int, in partition: Partition, to slice: inout Slice) {
    guard let groups = partition.groups,
      let board = groups.find(partition.streams.key(of: stream))
    else { return }
    for speaker in groups.speakers(on: board) where partition.streams.clearChange(speaker) {
      append(speaker, of: partition, to: &slice)
    }
    groups.append(board, lastOffset: partition.position - 1, to: &slice)
  }

  /// Begins to write a slice.
  mutating func write(_ slice: consuming Slice, of partition: Partition) {
    let now = clock.monotonicNanoseconds()
    partition.saving.underWay = slice.count
    partition.saving.begun = now
    // What did not fit into the slice follows when there is room.
    partition.saving.due = partition.saving.rest > 0 ? now : now &+ saveInterval
    store?.write(slice)
  }

  /// What the store is to know of a partition beside its models, its watermark aside.
  func manifest(of partition: Partition) -> Manifest {
    var manifest = Manifest(
      watermark: partition.position, committed: partition.progress,
      lineage: partition.lineage, origin: origin(of: partition.id))
    manifest.revision = partition.revision
    let committed = OffsetMetadata(text: partition.metadata)?.lineage
    if committed != partition.lineage { manifest.parent = committed }
    return manifest
  }

  /// The partitions whose next slice is due, the one that waits for longest first.
  private func due() -> [Partition] {
    let now = clock.monotonicNanoseconds()
    return partitions.filter { $0.isSaveDue(at: now) }.sorted { $0.saving.due < $1.saving.due }
  }

  /// Copies a partition's share of its round, or nil where there is no room for it now.
  private func copySome(of partition: Partition) -> Slice? {
    let room = sliceCountMax - partitions.reduce(0) { $0 + $1.saving.sliceCount }
    guard room > 0 else { return nil }
    if partition.saving.slicesLeft == 0 {
      partition.saving.slicesLeft = Self.slicesPerRound
      partition.saving.share = partition.streams.changedCount / Self.slicesPerRound + 1
    }
    if partition.saving.rest == 0 {
      partition.saving.slicesLeft -= 1
      partition.saving.rest = partition.saving.share
    }
    let count = min(partition.saving.rest, room)
    let slice = copy(partition, count: count)
    partition.saving.rest -= slice.count < count ? partition.saving.rest : count
    return slice
  }

  /// Streams in one slice at most, which bounds its memory and how long its transaction takes.
  var sliceCountMax: Int { max(1, Self.sliceBytesMax / pool.blockByteCount) }

  /// Nanoseconds between two slices of a partition.
  private var saveInterval: UInt64 {
    UInt64(definition.state.maxReplay / .nanoseconds(1)) / UInt64(2 * Self.slicesPerRound)
  }

  private mutating func noteSaved(_ slice: Slice) {
    committedCounters.savedStreams += Int64(slice.count)
    guard let partition = partition(of: slice) else { return }
    partition.saving.underWay = nil
    partition.saving.watermark = slice.manifest.watermark
    partition.saving.lastSuccess = clock.millisecondsSince1970()
    telemetry.noteSave(nanoseconds: clock.monotonicNanoseconds() &- partition.saving.begun)
  }

  /// Reads nothing more until the store takes the slice.
  private mutating func block(_ slice: Slice, _ error: PipelineError) throws(PipelineError) {
    committedCounters.saveFailures += 1
    guard let partition = partition(of: slice) else { return }
    if !isWaiting {
      isWaiting = true
      log.error("\(name(partition.id)): waits, for models cannot be saved: \(error)")
      if isAssigned { try link.assign([]) }
    }
    partition.saving.underWay = nil
    partition.saving.failed = slice
    partition.saving.due = clock.monotonicNanoseconds() &+ Self.retryNanoseconds
  }

  /// Tries again to save what could not be saved, and goes on reading where it now can.
  private mutating func retrySaves(_ store: any Store) throws(PipelineError) {
    let now = clock.monotonicNanoseconds()
    for partition in partitions where now >= partition.saving.due {
      guard let slice = partition.saving.failed.take() else { continue }
      write(slice, of: partition)
      try settleSaves(waits: true)
    }
    guard !isBlocked, isAssigned else { return }
    log.info("\(definition.pipeline): models can be saved again; goes on")
    try assignLoaded()
  }

  private func partition(of slice: borrowing Slice) -> Partition? {
    let id = slice.partition
    return partitions.first { $0.id == id }
  }
}

extension Partition {
  /// Whether the store lacks something that is known here.
  var hasUnsaved: Bool {
    streams.changedCount > 0
      || (saving.watermark < 0 ? position > logStart : saving.watermark != position)
  }

  /// Whether nothing is to be saved yet: the changelog may have more of a group than the store that
  /// is replayed from, and must not get some of its streams as they were earlier.
  var mustCatchUp: Bool { groups != nil && saving.logged != nil && position < replaysTo }

  /// Whether it is time for another slice.
  func isSaveDue(at now: UInt64) -> Bool {
    !saving.isLoading && !mustCatchUp && saving.underWay == nil && !saving.isForfeit
      && saving.copied == nil
      && saving.failed == nil && now >= saving.due && (hasUnsaved || saving.isLogging)
  }
}
