/// Writes JSON into one buffer that is used again and again; nothing is allocated once it has
/// grown.
///
/// The caller sees to it that objects and arrays are closed and that each key is followed by one
/// value. Keys given as `StaticString` are the program's own and are written as they are.
public struct JSONWriter: ~Copyable {
  private var buffer: ByteBuffer
  private var needsComma = false
  private var times = TimeText()

  /// A writer with room for `capacity` bytes before it must grow.
  public init(capacity: Int = 4096) { buffer = ByteBuffer(capacity: capacity) }

  /// What has been written, valid until the next change.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get { buffer.bytes }
  }

  /// How many bytes have been written.
  public var count: Int { buffer.count }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    buffer.removeAll()
    needsComma = false
  }

  /// Ends a line, for files with one document a line; the next value starts a document of its own.
  public mutating func endLine() {
    buffer.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }

  /// Opens an object with text made before: its first fields, and the key of the value to follow.
  mutating func open(with text: borrowing ByteBuffer) {
    separate()
    buffer.append(text)
    needsComma = false
  }

  /// Closes the innermost object.
  public mutating func endObject() { close(UInt8(ascii: "}")) }

  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }

  /// Closes the innermost array.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes a key that needs no escaping.
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    buffer.append(key: name, isFirst: !needsComma)
    needsComma = false
  }

  /// Writes a key that came from outside, escaped.
  public mutating func key(named name: Span<UInt8>) {
    separate()
    JSONText.append(name, to: &buffer)
    buffer.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a key that came from outside, escaped.
  public mutating func key(named name: String) {
    key(named: name.utf8.span)
  }

  @inline(__always)
  private mutating func separate() {
    if needsComma { buffer.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    buffer.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    buffer.append(bracket)
    needsComma = true
  }
}

// MARK: Values, as an array's element or after a key

extension JSONWriter {
  /// Writes a string; bytes that are not UTF-8 become U+FFFD.
  public mutating func value(_ text: Span<UInt8>) {
    separate()
    JSONText.append(text, to: &buffer)
  }

  /// Writes a string, escaped.
  public mutating func value(_ text: String) { value(text.utf8.span) }

  /// Writes a number, or null where it is not finite.
  public mutating func value(_ number: Double) {
    separate()
    if !buffer.append(number: number) { buffer.append("null") }
  }

  /// Writes a number, or null where it is not finite.
  public mutating func value(_ number: Float) {
    separate()
    if !buffer.append(number: number) { buffer.append("null") }
  }

  /// Writes an integer.
  public mutating func value(_ integer: Int64) {
    separate()
    buffer.append(integer: integer)
  }

  /// Writes an integer.
  public mutating func value(_ integer: Int) { value(Int64(integer)) }

  /// Writes a boolean.
  public mutating func value(_ flag: Bool) {
    separate()
    buffer.append(flag ? "true" : "false")
  }

  /// Writes a time given in nanoseconds since 1970 as RFC 3339 in UTC, with no more digits than it
  /// needs.
  public mutating func value(rfc3339 nanoseconds: Int64) {
    separate()
    buffer.append(UInt8(ascii: "\""))
    times.append(nanoseconds, to: &buffer)
    buffer.append(UInt8(ascii: "\""))
  }

  /// Writes null.
  public mutating func null() {
    separate()
    buffer.append("null")
  }
}

// MARK: A key and its value

extension JSONWriter {
  /// Writes a key and a string; bytes that are not UTF-8 become U+FFFD.
  public mutating func field(_ name: StaticString, _ text: Span<UInt8>) {
    key(name)
    value(text)
  }

  /// Writes a key and a string.
  public mutating func field(_ name: StaticString, _ text: String) {
    key(name)
    value(text)
  }

  /// Writes a key and a number, or null where it is not finite.
  public mutating func field(_ name: StaticString, _ number: Double) {
    key(name)
    value(number)
  }

  /// Writes a key and a number, or null where it is not finite.
  public mutating func field(_ name: StaticString, _ number: Float) {
    key(name)
    value(number)
  }

  /// Writes a key and an integer.
  public mutating func field(_ name: StaticString, _ integer: Int64) {
    key(name)
    value(integer)
  }

  /// Writes a key and an integer.
  public mutating func field(_ name: StaticString, _ integer: Int) {
    key(name)
    value(integer)
  }

  /// Writes a key and a boolean.
  public mutating func field(_ name: StaticString, _ flag: Bool) {
    key(name)
    value(flag)
  }

  /// Writes a key and a time given in nanoseconds since 1970, as RFC 3339 in UTC.
  public mutating func field(_ name: StaticString, rfc3339 nanoseconds: Int64) {
    key(name)
    value(rfc3339: nanoseconds)
  }
}
