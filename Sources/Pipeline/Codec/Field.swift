import CSimdJSON

/// One field of a record, whatever its format; its text is valid until the record after it is read.
///
/// Safe because it lives no longer than one call of `Decoder.decode`, which owns what the text
/// points to.
@safe
struct Field {
  /// What a field holds.
  enum Kind: UInt8 {
    case missing, null, isFalse, isTrue, int64, uint64, double, string, composite
    /// A cell of a format without types: a number if it reads as one.
    case text
  }

  // The C type, so that a JSON document's fields need no translation.
  private let raw: csimdjson_field

  /// What is there.
  let kind: Kind

  /// A field as the C parser found it.
  @inline(__always)
  init(_ raw: csimdjson_field) {
    unsafe self.raw = raw
    kind = unsafe Kind(rawValue: raw.kind) ?? .missing
  }

  /// The integer of `.int64`, and the bits of `.uint64`.
  @inline(__always)
  var integer: Int64 { unsafe raw.integer }

  /// The number, of whatever kind; 0 where there is none.
  @inline(__always)
  var number: Double { unsafe raw.number }

  /// The bytes of a string or of a cell; empty for all else.
  var text: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get {
      let bytes = unsafe UnsafeBufferPointer(start: raw.text, count: raw.length)
      let span = unsafe Span(_unsafeElements: bytes)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// What was found, for a message: the value, shortened, or its type.
  var summary: String {
    switch kind {
    case .missing: "missing"
    case .null: "null"
    case .isFalse: "false"
    case .isTrue: "true"
    case .int64: "\(integer)"
    case .uint64: "\(UInt64(bitPattern: integer))"
    case .double: "\(number)"
    case .string, .text: shortened
    case .composite: "an object or array"
    }
  }

  /// The text in quotes, at most 60 bytes of it, control characters replaced.
  private var shortened: String {
    let shown = text.extracting(first: 60)
    var clean = String.UnicodeScalarView()
    for scalar in String(bytes: shown).unicodeScalars {
      clean.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
    }
    return "\"\(String(clean))\"" + (text.count > shown.count ? "…" : "")
  }
}

extension String {
  /// The text of some bytes, those that are not UTF-8 replaced.
  init(bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// The fields of one record at a time, in memory that is used again for the next.
@safe
struct FieldList: ~Copyable {
  private let storage: UnsafeMutablePointer<csimdjson_field>
  /// How many fields there are.
  let count: Int

  /// Room for `count` fields, all of them missing.
  init(count: Int) {
    self.count = count
    unsafe storage = .allocate(capacity: max(1, count))
    unsafe storage.initialize(repeating: csimdjson_field(), count: count)
  }

  deinit { unsafe storage.deallocate() }

  /// Where the C parser writes the fields.
  var memory: UnsafeMutablePointer<csimdjson_field> { unsafe storage }

  /// The field at a place of the list.
  subscript(index: Int) -> Field {
    precondition(index >= 0 && index < count)
    return unsafe Field(storage[index])
  }

  /// Puts a cell of text at a place; an empty one is a missing field.
  ///
  /// The bytes must stay where they are until the record after this one is read.
  borrowing func set(_ index: Int, cell: Span<UInt8>) {
    precondition(index >= 0 && index < count)
    let kind = cell.isEmpty ? Field.Kind.missing : .text
    let start = unsafe cell.withUnsafeBufferPointer { $0.baseAddress }
    unsafe storage[index] = csimdjson_field(
      kind: kind.rawValue, integer: 0, number: 0, text: start, length: cell.count)
  }
}
