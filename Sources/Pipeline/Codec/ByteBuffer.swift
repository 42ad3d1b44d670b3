/// Bytes that are appended to, read and thrown away again without giving the memory back.
@safe
package struct ByteBuffer: ~Copyable {
  private var storage: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many bytes there are.
  package private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes before it must grow.
  package init(capacity: Int) {
    self.capacity = max(capacity, 64)
    unsafe storage = .allocate(capacity: self.capacity)
  }

  deinit { unsafe storage.deallocate() }

  /// The bytes so far.
  package var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe Span(_unsafeStart: storage, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Forgets the bytes and keeps the memory.
  package mutating func removeAll() { count = 0 }

  /// Makes room for `extra` more bytes.
  @inline(__always)
  private mutating func reserve(_ extra: Int) {
    if capacity &- count < extra { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe moved.update(from: storage, count: count)
    unsafe storage.deallocate()
    unsafe storage = moved
    capacity = larger
  }

  /// Adds one byte.
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    // The line above made the room.
    unsafe storage[count] = byte
    count &+= 1
  }

  /// Adds all bytes of a span.
  package mutating func append(_ span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(raw: $0) }
  }

  /// Adds all bytes of another buffer.
  package mutating func append(_ other: borrowing ByteBuffer) { append(other.bytes) }

  /// Adds text that the program itself holds.
  @inline(__always)
  package mutating func append(_ text: StaticString) {
    unsafe append(raw: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Adds a key of a JSON object, quoted, with a comma before it unless it is the first.
  @inline(__always)
  mutating func append(key name: StaticString, isFirst: Bool) {
    let length = name.utf8CodeUnitCount
    reserve(length &+ 4)
    var place = unsafe storage + count
    if !isFirst {
      unsafe place.pointee = UInt8(ascii: ",")
      unsafe place += 1
    }
    unsafe place[0] = UInt8(ascii: "\"")
    unsafe (place + 1).update(from: name.utf8Start, count: length)
    unsafe place[length &+ 1] = UInt8(ascii: "\"")
    unsafe place[length &+ 2] = UInt8(ascii: ":")
    count = unsafe place - storage &+ length &+ 3
  }

  /// Lends room for `extra` bytes to someone who tells how many of them it wrote.
  @inline(__always)
  mutating func append(upTo extra: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
    reserve(extra)
    let written = unsafe write(UnsafeMutableRawPointer(storage + count))
    count &+= written
  }

  @inline(__always)
  private mutating func append(raw source: UnsafeBufferPointer<UInt8>) {
    guard let start = source.baseAddress else { return }
    reserve(source.count)
    unsafe (storage + count).update(from: start, count: source.count)
    count &+= source.count
  }
}
