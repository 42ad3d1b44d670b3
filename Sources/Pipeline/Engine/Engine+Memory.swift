/// A budget bounds how many models are in memory; the others wait in the store.
extension Engine where Link: ~Copyable {
  /// Bytes of the models that leave at a time; their copies are memory, too.
  private static var evictionBytesMax: Int { 8 << 20 }

  /// Sends those streams to the store that should leave first, where memory is full.
  ///
  /// Everything is committed before, since no model that learned uncommitted records may be saved.
  mutating func makeRoom() throws(PipelineError) {
    noteMemory()
    guard store != nil, pool.count >= pool.countMax, !isBlocked, isAssigned || !hasChangelog
    else { return }
    try commitAll()
    try settleSaves(waits: true)
    while pool.count > pool.countKept, !isBlocked, let partition = fullest() {
      guard try evict(from: partition) > 0 else { return }
    }
  }

  /// Says when models begin to fill the memory; and notes when there is room again, which is when
  /// partitions have gone.
  private mutating func noteMemory() {
    if isMemoryFull {
      isMemoryFull = pool.count >= pool.countKept / 2
    } else if store != nil, pool.count >= pool.countMax {
      isMemoryFull = true
      log.warning(
        "\(definition.pipeline): \(pool.count) models fill a worker's share of state.memory: those "
          + "that were not used for longest wait in the store from now on, which costs time and "
          + "changes no result")
    }
  }

  /// The partition with the most streams among those whose models may be saved.
  private func fullest() -> Partition? {
    partitions.filter {
      !$0.isDirty && !$0.mustCatchUp && !$0.saving.isLoading && !$0.saving.isForfeit
    }
    .max { $0.streams.count < $1.streams.count }
  }

  /// Saves and removes streams; returns how many.
  private mutating func evict(from partition: Partition) throws(PipelineError) -> Int {
    let countMax = max(1, Self.evictionBytesMax / pool.blockByteCount)
    let count = min(pool.count - pool.countKept, countMax)
    var victims: [Int] = []
    var slice = slice(of: partition, count: count)
    while victims.count < count, let stream = partition.streams.takeVictim() {
      victims.append(stream)
      if partition.streams.clearChange(stream) { append(stream, of: partition, to: &slice) }
      appendGroup(of: stream, in: partition, to: &slice)
    }
    slice.manifest.watermark = partition.streams.firstChange ?? partition.position
    guard try save(slice, of: partition) else { return 0 }
    guard partition.saving.failed == nil, !partition.saving.isForfeit else {
      for stream in victims { partition.streams.spare(stream) }
      return 0
    }
    for stream in victims {
      partition.groups?.removeBoard(of: partition.streams.key(of: stream))
      partition.streams.remove(stream)
    }
    partition.saving.hasOthers = true
    committedCounters.evictedStreams += Int64(victims.count)
    return victims.count
  }
}
