/// The streams of a partition that are expected to speak, the earliest deadline first.
///
/// A deadline may be older than the stream's own, which only moves ahead, so that events cost
/// nothing here: whoever takes a stream out looks at it and puts it back. Streams are held by
/// their keys, and so may leave memory.
package struct SilenceWatch {
  /// When a stream is looked at, and where its key is: a key in the heap would be retained whenever
  /// it is compared.
  private struct Entry {
    var deadline: Int64
    var place: Int
  }

  /// A binary heap: no entry is earlier than the one at half its place.
  private var heap: [Entry] = []
  private var keys: [[UInt8]] = []
  /// Places of `keys` that are not in use.
  private var free: [Int] = []
  /// What was taken out and is to be watched again, once all that is due was looked at.
  private var postponed: [Entry] = []

  package init() {}

  /// Whether a deadline has passed.
  package func isDue(_ now: Int64) -> Bool { !heap.isEmpty && heap[0].deadline < now }

  /// Watches a stream from here on. O(log n).
  package mutating func add(_ key: [UInt8], deadline: Int64) {
    add(Entry(deadline: deadline, place: keep(key)))
  }

  /// Takes out the stream with the earliest deadline that has passed. O(log n).
  package mutating func takeDue(_ now: Int64) -> [UInt8]? {
    guard isDue(now) else { return nil }
    heap.swapAt(0, heap.count - 1)
    let due = heap.removeLast()
    var place = 0
    while let child = earlierChild(of: place), heap[child].deadline < heap[place].deadline {
      heap.swapAt(place, child)
      place = child
    }
    free.append(due.place)
    let key = keys[due.place]
    keys[due.place] = []
    return key
  }

  /// Watches a stream that was taken out again, from the next `resume` on: its deadline may have
  /// passed already.
  package mutating func postpone(_ key: [UInt8], deadline: Int64) {
    postponed.append(Entry(deadline: deadline, place: keep(key)))
  }

  /// Watches what was postponed again.
  package mutating func resume() {
    while let entry = postponed.popLast() { add(entry) }
  }

  private mutating func add(_ entry: Entry) {
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, heap[place].deadline < heap[(place - 1) / 2].deadline {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Puts a key into a place.
  private mutating func keep(_ key: [UInt8]) -> Int {
    guard let place = free.popLast() else {
      keys.append(key)
      return keys.count - 1
    }
    keys[place] = key
    return place
  }

  private func earlierChild(of place: Int) -> Int? {
    let left = 2 * place + 1
    guard left < heap.count else { return nil }
    let right = left + 1
    return right < heap.count && heap[right].deadline < heap[left].deadline ? right : left
  }
}
