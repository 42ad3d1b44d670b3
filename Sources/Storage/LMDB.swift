internal import CLMDB
internal import Glibc

/// What LMDB or the system said of a file.
struct LMDBError: Error, Equatable {
  /// An errno, or one of LMDB's own negative numbers.
  let number: Int32

  /// Whether the file must be made anew: what it holds is not, or no longer, a store.
  var isDamage: Bool {
    [MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, MDB_INCOMPATIBLE]
      .contains(number)
  }

  var reason: String { unsafe String(cString: mdb_strerror(number)) }

  /// Throws what a call answered, unless it answered that all is well.
  static func check(_ result: Int32) throws(LMDBError) {
    guard result == MDB_SUCCESS else { throw LMDBError(number: result) }
  }
}

/// One transaction; aborted where it ends without a commit.
@safe struct Transaction: ~Copyable {
  let pointer: OpaquePointer
  private var isOpen = true

  init(_ environment: OpaquePointer, flags: UInt32 = 0) throws(LMDBError) {
    var transaction: OpaquePointer?
    unsafe try LMDBError.check(mdb_txn_begin(environment, nil, flags, &transaction))
    guard let transaction = unsafe transaction else { throw LMDBError(number: EINVAL) }
    unsafe pointer = transaction
  }

  deinit {
    if isOpen { unsafe mdb_txn_abort(pointer) }
  }

  consuming func commit() throws(LMDBError) {
    isOpen = false
    unsafe try LMDBError.check(mdb_txn_commit(pointer))
  }
}

/// A place in an environment's keys.
@safe struct Cursor: ~Copyable {
  private let pointer: OpaquePointer

  init(_ transaction: borrowing Transaction, _ database: MDB_dbi) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try LMDBError.check(mdb_cursor_open(transaction.pointer, database, &cursor))
    guard let cursor = unsafe cursor else { throw LMDBError(number: EINVAL) }
    unsafe pointer = cursor
  }

  deinit { unsafe mdb_cursor_close(pointer) }

  /// Moves, and lends what stands there; false at the end.
  func move(
    _ operation: MDB_cursor_op, from key: [UInt8] = [],
    _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) throws(LMDBError) -> Bool {
    var data = unsafe MDB_val()
    var found = unsafe MDB_val()
    let result = unsafe key.withUnsafeBytes { bytes in
      unsafe found = MDB_val(lending: bytes)
      return unsafe mdb_cursor_get(pointer, &found, &data, operation)
    }
    if result == MDB_NOTFOUND { return false }
    try LMDBError.check(result)
    unsafe found.lend { key in unsafe data.lend { data in body(key, data) } }
    return true
  }
}

extension MDB_val {
  /// Bytes lent to LMDB for one call.
  init(lending bytes: UnsafeRawBufferPointer) {
    unsafe self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// Lends the bytes that LMDB lent for the rest of a transaction.
  func lend(_ body: (Span<UInt8>) -> Void) {
    let bytes = unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
    unsafe body(Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self)))
  }
}
