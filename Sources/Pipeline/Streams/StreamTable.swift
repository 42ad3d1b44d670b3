/// The streams of one partition that are in memory: key bytes → block, by open addressing.
///
/// Looking up a known stream allocates nothing. A stream's number is its own as long as it is in
/// memory, and nothing that comes out depends on numbers or on the table's order.
@safe package struct StreamTable: ~Copyable {
  let pool: BlockPool
  /// Slots of the table: a stream's number plus one, or 0 for an empty slot.
  private(set) var slots: [UInt32] = Array(repeating: 0, count: 64)
  private(set) var entries: [Entry] = []
  private var free: [UInt32] = []
  private var keys = KeyBytes()
  private var changes = ChangeList()
  /// Who leaves first; nil where that is decided elsewhere.
  private var residence: Residence?

  struct Entry {
    var hash: UInt64 = 0
    fileprivate var key = KeyBytes.Place()
    var block: UInt32 = 0
    var isResident = false
    /// Whether it was looked up since it came, or since an eviction passed it by.
    var wasUsed = false
    /// The offset of the first record that changed it since it was last saved.
    var changedAt: Int64 = .max
  }

  /// - Parameter evicts: whether the table is to say who leaves memory first.
  package init(pool: BlockPool, evicts: Bool = true) {
    self.pool = pool
    residence = evicts ? Residence() : nil
  }

  deinit {
    for entry in entries where entry.isResident { pool.release(entry.block) }
  }

  /// Streams in the table.
  package var count: Int { entries.count - free.count }

  /// Bytes held beside the blocks.
  package var byteCount: Int {
    slots.capacity * 4 + entries.capacity * MemoryLayout<Entry>.stride + keys.byteCount
  }

  /// The number of the stream with this key, and whether it is new here, with a zeroed block.
  ///
  /// Amortised O(1).
  package mutating func stream(for key: Span<UInt8>) -> (stream: Int, isNew: Bool) {
    stream(for: key, hash: hashBytes(key))
  }

  /// The same of a key whose hash is known.
  mutating func stream(for key: Span<UInt8>, hash: UInt64) -> (stream: Int, isNew: Bool) {
    let slot = slot(of: key, hash: hash)
    guard slots[slot] == 0 else {
      let stream = Int(slots[slot]) - 1
      if !entries[stream].wasUsed { entries[stream].wasUsed = true }
      return (stream, false)
    }
    return (insert(key, hash: hash, slot: slot), true)
  }

  /// The number of the stream with this key, if it is in memory.
  package func find(_ key: Span<UInt8>) -> Int? {
    let slot = slot(of: key, hash: hashBytes(key))
    return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
  }

  /// The key of the stream whose key has this hash, if it is in memory.
  func name(hash: UInt64) -> [UInt8]? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let stream = Int(slots[slot]) - 1
      if entries[stream].hash == hash {
        let key = key(of: stream)
        return Array(count: key.count) { key[$0] }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// All numbers that streams have or have had, and whether one is in use.
  var numbers: Range<Int> { entries.indices }
  func isResident(_ stream: Int) -> Bool { entries[stream].isResident }

  /// The block of a stream; valid until the stream is removed.
  package func block(of stream: Int) -> UnsafeMutableRawPointer {
    unsafe pool[entries[stream].block]
  }

  /// The key of a stream.
  @_lifetime(borrow self)
  package func key(of stream: Int) -> Span<UInt8> {
    keys.bytes.span.extracting(entries[stream].key.range)
  }

  /// The slot where a key is, or the empty one where it would be.
  private func slot(of key: Span<UInt8>, hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let stream = Int(slots[slot]) - 1
      if entries[stream].hash == hash && areEqual(self.key(of: stream), key) { return slot }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private mutating func insert(_ key: Span<UInt8>, hash: UInt64, slot: Int) -> Int {
    let entry = Entry(
      hash: hash, key: keys.append(key), block: pool.allocate(), isResident: true)
    let stream: Int
    if let number = free.popLast() {
      stream = Int(number)
      entries[stream] = entry
    } else {
      stream = entries.count
      entries.append(entry)
    }
    residence?.admit(UInt32(stream))
    slots[slot] = UInt32(stream + 1)
    if count * 4 > slots.count * 3 { grow() }
    return stream
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for stream in entries.indices where entries[stream].isResident {
      var slot = Int(truncatingIfNeeded: entries[stream].hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(stream + 1)
    }
  }
}

// MARK: What changed since it was saved

extension StreamTable {
  /// Streams that changed since they were last saved.
  package var changedCount: Int { changes.count }

  /// The offset of the first record that is not in the saved models, if there is any.
  package var firstChange: Int64? {
    mutating get {
      while let change = changes.queue.first, entries[change.stream].changedAt != change.offset {
        _ = changes.queue.popFirst()
      }
      return changes.queue.first?.offset
    }
  }

  /// Notes that a record changed a stream.
  package mutating func noteChange(_ stream: Int, at offset: Int64) {
    guard entries[stream].changedAt == .max else { return }
    entries[stream].changedAt = offset
    changes.count += 1
    changes.queue.append((stream, offset))
  }

  /// The stream that changed first, which is taken to be saved from here on; nil where none did.
  package mutating func takeChanged() -> Int? {
    guard firstChange != nil, let change = changes.queue.popFirst() else { return nil }
    clearChange(change.stream)
    return change.stream
  }

  /// Takes a stream to be saved; false where it has not changed.
  @discardableResult
  package mutating func clearChange(_ stream: Int) -> Bool {
    guard entries[stream].changedAt != .max else { return false }
    entries[stream].changedAt = .max
    changes.count -= 1
    return true
  }

  /// Streams in the order of their first change since they were saved.
  ///
  /// What was saved out of turn, or has left, stays in the queue until it comes to its front, where
  /// its offset gives it away.
  private struct ChangeList {
    var queue = Queue<(stream: Int, offset: Int64)>()
    var count = 0
  }
}

// MARK: The saved form

extension StreamTable {
  /// Adds the saved form of a stream's model to a slice.
  func append(_ stream: Int, lastOffset: Int64, kind: SavedModel.Kind, to slice: inout Slice) {
    let model = unsafe SavedModel(
      kind: kind, lastOffset: lastOffset, block: UnsafeRawPointer(block(of: stream)))
    slice.append(model, key: key(of: stream))
  }

  /// Takes a stream's model out of its saved form; returns the numerics version that saved it.
  @discardableResult
  func read(
    _ form: Span<UInt8>, into stream: Int, kind: SavedModel.Kind
  ) throws(SavedModel.Damage) -> Int32 {
    unsafe try SavedModel.read(form, key: key(of: stream), kind: kind, into: block(of: stream))
  }
}

// MARK: Coming and going

extension StreamTable {
  /// The stream that should leave memory first; it is then for the caller to remove or keep.
  package mutating func takeVictim() -> Int? {
    residence?.takeVictim { stream in
      let wasUsed = entries[Int(stream)].wasUsed
      entries[Int(stream)].wasUsed = false
      return wasUsed
    }.map { Int($0) }
  }

  /// Lets a victim stay after all.
  package mutating func spare(_ stream: Int) { residence?.readmit(UInt32(stream)) }

  /// Notes that a stream has come back, and so is to stay longer than a new one.
  package mutating func noteReturn(_ stream: Int) { entries[stream].wasUsed = true }

  /// Removes a stream that has not changed since it was saved, and gives its block back.
  package mutating func remove(_ stream: Int) {
    precondition(entries[stream].changedAt == .max && entries[stream].isResident)
    pool.release(entries[stream].block)
    vacate(slot(of: key(of: stream), hash: entries[stream].hash))
    keys.remove(entries[stream].key)
    entries[stream] = Entry()
    free.append(UInt32(stream))
    if keys.isSparse { compactKeys() }
  }

  /// Empties a slot and moves those after it that would no longer be found (Knuth, The Art of
  /// Computer Programming 6.4, algorithm R).
  private mutating func vacate(_ slot: Int) {
    let mask = slots.count - 1
    var hole = slot
    var next = (slot + 1) & mask
    while slots[next] != 0 {
      let home = Int(truncatingIfNeeded: entries[Int(slots[next]) - 1].hash) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    slots[hole] = 0
  }

  private mutating func compactKeys() {
    var compact = KeyBytes()
    for stream in entries.indices where entries[stream].isResident {
      entries[stream].key = compact.append(key(of: stream))
    }
    keys = compact
  }
}

/// The keys of a table one after the other.
private struct KeyBytes {
  struct Place {
    var start = 0
    var count = 0
    var range: Range<Int> { start..<(start + count) }
  }

  private(set) var bytes: [UInt8] = []
  private var removed = 0

  var byteCount: Int { bytes.capacity }
  /// Whether most of the bytes are of keys that are gone.
  var isSparse: Bool { removed > 4096 && removed * 2 > bytes.count }

  mutating func append(_ key: Span<UInt8>) -> Place {
    let place = Place(start: bytes.count, count: key.count)
    for index in key.indices { bytes.append(key[index]) }
    return place
  }

  mutating func remove(_ place: Place) { removed += place.count }
}
