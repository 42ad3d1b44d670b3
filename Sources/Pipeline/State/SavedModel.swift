internal import SPN

/// The saved form of a stream's model: exactly the bytes that it computes with, and what is needed
/// to trust them.
///
/// All numbers are little-endian:
///
///     0   4 bytes   "SPNM"
///     4   UInt16    version of this form: 1
///     6   UInt16    0
///     8   Int32     the network's numerics version
///     12  UInt32    bytes of the block
///     16  UInt64    hash of what the definition says of events
///     24  Int64     offset of the last record that the block knows
///     32  the block
///     …   UInt64    hash of the stream's key and of everything before
@safe package struct SavedModel {
  /// Version of the form.
  package static let version: UInt16 = 1
  /// Bytes beside the block's own.
  package static let overhead = headerByteCount + 8
  private static let headerByteCount = 32
  private static let magic: UInt32 = 0x4D4E_5053

  /// Why a saved model cannot be used.
  package enum Damage: Error, Equatable {
    /// Bytes are missing, changed, or another stream's.
    case damaged
    /// The form, the network's formulas or the channels are not those of this program.
    case unknownVersion
  }

  /// What the models of one pipeline have in common.
  package struct Kind: Equatable, Sendable {
    package var numerics: Int32
    package var definition: UInt64
    package var blockByteCount: Int
    /// The oldest numerics version whose blocks this one's formulas go on from.
    package var oldestNumerics: Int32

    /// - Parameter oldestNumerics: the version itself where it is left out.
    package init(
      numerics: Int32, definition: UInt64, blockByteCount: Int, oldestNumerics: Int32? = nil
    ) {
      self.numerics = numerics
      self.definition = definition
      self.blockByteCount = blockByteCount
      self.oldestNumerics = oldestNumerics ?? numerics
    }

    /// Whether models of a numerics version can go on.
    package func reads(numerics: Int32) -> Bool {
      (min(oldestNumerics, self.numerics)...self.numerics).contains(numerics)
    }
  }

  /// The oldest numerics version whose blocks the network goes on from. A version that changes the
  /// block's layout raises this to its own number; one that changes formulas alone leaves it.
  static let oldestNumerics = Network.numericsVersion

  let kind: Kind
  /// The offset of the last record that the block knows.
  let lastOffset: Int64
  /// The block, for as long as the table holds it.
  private let block: UnsafeRawBufferPointer

  /// Lends a block of `kind.blockByteCount` bytes, which must outlive this.
  @unsafe
  package init(kind: Kind, lastOffset: Int64, block: UnsafeRawPointer) {
    self.kind = kind
    self.lastOffset = lastOffset
    unsafe self.block = UnsafeRawBufferPointer(start: block, count: kind.blockByteCount)
  }

  /// Appends the saved form.
  func append(to bytes: inout [UInt8], key: Span<UInt8>) {
    let start = bytes.count
    bytes.append(littleEndian: Self.magic)
    bytes.append(littleEndian: UInt32(Self.version))
    bytes.append(littleEndian: UInt32(bitPattern: kind.numerics))
    bytes.append(littleEndian: UInt32(kind.blockByteCount))
    bytes.append(littleEndian: kind.definition)
    bytes.append(littleEndian: UInt64(bitPattern: lastOffset))
    unsafe bytes.append(contentsOf: block)
    let sum = Self.checksum(key, bytes.span.extracting(start..<bytes.count))
    bytes.append(littleEndian: sum)
  }

  /// Copies the block out of a saved form; returns the numerics version that it was saved by.
  @discardableResult
  package static func read(
    _ form: Span<UInt8>, key: Span<UInt8>, kind: Kind, into block: UnsafeMutableRawPointer
  ) throws(Damage) -> Int32 {
    guard form.count > overhead, form.littleEndian(at: 0, as: UInt32.self) == magic else {
      throw .damaged
    }
    let end = form.count - 8
    guard
      checksum(key, form.extracting(0..<end)) == form.littleEndian(at: end, as: UInt64.self)
    else { throw .damaged }
    let numerics = Int32(bitPattern: form.littleEndian(at: 8, as: UInt32.self))
    guard form.littleEndian(at: 4, as: UInt32.self) == UInt32(version),
      kind.reads(numerics: numerics),
      form.littleEndian(at: 12, as: UInt32.self) == UInt32(kind.blockByteCount),
      form.littleEndian(at: 16, as: UInt64.self) == kind.definition,
      end - headerByteCount == kind.blockByteCount
    else { throw .unknownVersion }
    unsafe form.extracting(headerByteCount..<end).withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe block.copyMemory(from: start, byteCount: bytes.count)
    }
    return numerics
  }

  /// The offset of the last record that a saved form knows; −1 where it is damaged.
  static func lastOffset(of form: Span<UInt8>) -> Int64 {
    guard form.count > overhead else { return -1 }
    return Int64(bitPattern: form.littleEndian(at: 24, as: UInt64.self))
  }

  private static func checksum(_ key: Span<UInt8>, _ form: Span<UInt8>) -> UInt64 {
    // Not symmetric, so that bytes cannot wander from the key into the form.
    hashBytes(key) &* 0x9FB2_1C65_1E98_DF25 ^ hashBytes(form)
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }
}

extension Span<UInt8> {
  /// The number that begins at a byte; there must be enough of them.
  fileprivate func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    at start: Int, as type: Value.Type
  ) -> Value {
    precondition(start >= 0 && start + MemoryLayout<Value>.size <= count)
    return unsafe Value(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: type))
  }
}
