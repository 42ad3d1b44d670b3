internal import CLMDB
internal import Glibc
internal import Pipeline

/// The file of one partition's models, open once in a process and shared by whoever reads or
/// writes it.
///
/// Readers never wait for a writer, only for the file to be mapped anew. A model's key in the file
/// is a 1 and the stream's key; one that is too long for LMDB is cut, ended by its hash and stands
/// in front of the saved form as well. The manifest's key is a 0.
@safe struct Environment: ~Copyable {
  let path: String
  private var pointer: OpaquePointer
  private let database: MDB_dbi
  /// The bytes that the file may grow to before it is mapped anew.
  private var mapByteCount: Int

  private static let mapByteCountMin = 1 << 26
  /// The bytes that LMDB takes as a key.
  private static let placeBytesMax = 511
  private static let manifestKey: [UInt8] = [0]

  /// Opens the file, or makes it.
  init(path: String, mapByteCount: Int = mapByteCountMin) throws(LMDBError) {
    var opened: OpaquePointer?
    unsafe try LMDBError.check(mdb_env_create(&opened))
    guard let environment = unsafe opened else { throw LMDBError(number: ENOMEM) }
    do throws(LMDBError) {
      unsafe try LMDBError.check(mdb_env_set_mapsize(environment, mapByteCount))
      // A crash of the system may undo the last transaction, which is then replayed from the log.
      let flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NOMETASYNC | MDB_NOMEMINIT
      unsafe try LMDBError.check(mdb_env_open(environment, path, UInt32(flags), 0o640))
      unsafe database = try Self.openDatabase(environment)
    } catch {
      unsafe mdb_env_close(environment)
      throw error
    }
    unsafe pointer = environment
    self.path = path
    var info = unsafe MDB_envinfo()
    unsafe mdb_env_info(environment, &info)
    self.mapByteCount = unsafe info.me_mapsize
  }

  deinit { unsafe mdb_env_close(pointer) }

  private static func openDatabase(_ environment: OpaquePointer) throws(LMDBError) -> MDB_dbi {
    var database: MDB_dbi = 0
    let transaction = unsafe try Transaction(environment)
    unsafe try LMDBError.check(mdb_dbi_open(transaction.pointer, nil, 0, &database))
    try transaction.commit()
    return database
  }

  /// The manifest's text; nil where there is none.
  func manifest() throws(LMDBError) -> String? {
    var text: String?
    let transaction = unsafe try Transaction(pointer, flags: UInt32(MDB_RDONLY))
    try get(Self.manifestKey, transaction) { bytes in
      text = String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
    return text
  }

  /// The models in it.
  func count() throws(LMDBError) -> Int {
    let transaction = unsafe try Transaction(pointer, flags: UInt32(MDB_RDONLY))
    var status = MDB_stat()
    unsafe try LMDBError.check(mdb_stat(transaction.pointer, database, &status))
    // The manifest is one of the entries.
    return max(0, Int(status.ms_entries) - 1)
  }

  /// Lends the saved form of one model.
  func find(_ key: Span<UInt8>, _ body: (Span<UInt8>) -> Void) throws(LMDBError) -> Bool {
    let transaction = unsafe try Transaction(pointer, flags: UInt32(MDB_RDONLY))
    let start = Self.isLong(key) ? 2 + key.count : 0
    return try get(Self.place(of: key), transaction) { bytes in
      body(bytes.extracting(droppingFirst: min(start, bytes.count)))
    }
  }

  /// Lends at most `count` models after the one at `place`, which it moves on.
  func load(
    after place: inout [UInt8]?, count: Int, _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) throws(LMDBError) -> Int {
    let transaction = unsafe try Transaction(pointer, flags: UInt32(MDB_RDONLY))
    defer { extendLifetime(transaction) }
    let cursor = try Cursor(transaction, database)
    var lent = 0
    var last: [UInt8] = []
    // From the least key that is greater.
    var found = try cursor.move(MDB_SET_RANGE, from: (place ?? Self.manifestKey) + [0]) {
      Self.lend($0, $1, keeping: &last, body)
    }
    while found {
      lent += 1
      place = last
      guard lent < count else { break }
      found = try cursor.move(MDB_NEXT) { Self.lend($0, $1, keeping: &last, body) }
    }
    return lent
  }

  /// Forgets everything.
  func clear() throws(LMDBError) {
    let transaction = unsafe try Transaction(pointer)
    unsafe try LMDBError.check(mdb_drop(transaction.pointer, database, 0))
    try transaction.commit()
  }

  /// Maps twice as much; no transaction may be open.
  mutating func grow() throws(LMDBError) {
    mapByteCount *= 2
    try remap()
  }

  /// Maps the file anew, which lets go of its pages: once touched, they count as the process's
  /// memory. No transaction may be open.
  func remap() throws(LMDBError) {
    unsafe try LMDBError.check(mdb_env_set_mapsize(pointer, mapByteCount))
  }

  /// Writes a slice in one transaction; `MDB_MAP_FULL` asks for `grow`.
  func put(_ slice: borrowing Slice) throws(LMDBError) {
    let transaction = unsafe try Transaction(pointer)
    var buffer: [UInt8] = []
    for index in 0..<slice.count {
      let key = slice.key(at: index)
      let form = slice.form(at: index)
      guard !form.isEmpty else {
        try remove(Self.place(of: key), transaction)
        continue
      }
      guard Self.isLong(key) else {
        try put(Self.place(of: key), form, transaction)
        continue
      }
      buffer.removeAll(keepingCapacity: true)
      buffer.append(UInt8(truncatingIfNeeded: key.count))
      buffer.append(UInt8(truncatingIfNeeded: key.count >> 8))
      for index in key.indices { buffer.append(key[index]) }
      for index in form.indices { buffer.append(form[index]) }
      try put(Self.place(of: key), buffer.span, transaction)
    }
    let manifest = Array(slice.manifest.text.utf8)
    try put(Self.manifestKey, manifest.span, transaction)
    try transaction.commit()
  }

  private func put(
    _ key: [UInt8], _ data: Span<UInt8>, _ transaction: borrowing Transaction
  ) throws(LMDBError) {
    let environment = unsafe transaction.pointer
    let result = unsafe key.withUnsafeBytes { key in
      unsafe data.withUnsafeBytes { data in
        var key = unsafe MDB_val(lending: key)
        var data = unsafe MDB_val(lending: data)
        return unsafe mdb_put(environment, database, &key, &data, 0)
      }
    }
    try LMDBError.check(result)
  }

  private func remove(
    _ key: [UInt8], _ transaction: borrowing Transaction
  ) throws(LMDBError) {
    let environment = unsafe transaction.pointer
    let result = unsafe key.withUnsafeBytes { key in
      var key = unsafe MDB_val(lending: key)
      return unsafe mdb_del(environment, database, &key, nil)
    }
    if result != MDB_NOTFOUND { try LMDBError.check(result) }
  }

  @discardableResult
  private func get(
    _ key: [UInt8], _ transaction: borrowing Transaction, _ body: (Span<UInt8>) -> Void
  ) throws(LMDBError) -> Bool {
    let environment = unsafe transaction.pointer
    var data = unsafe MDB_val()
    let result = unsafe key.withUnsafeBytes { key in
      var key = unsafe MDB_val(lending: key)
      return unsafe mdb_get(environment, database, &key, &data)
    }
    if result == MDB_NOTFOUND { return false }
    try LMDBError.check(result)
    unsafe data.lend(body)
    return true
  }

  private static func isLong(_ key: Span<UInt8>) -> Bool { key.count >= placeBytesMax - 1 }

  /// The key in the file of a stream's key.
  private static func place(of key: Span<UInt8>) -> [UInt8] {
    var place: [UInt8] = [1]
    guard isLong(key) else {
      for index in key.indices { place.append(key[index]) }
      return place
    }
    for index in 0..<(placeBytesMax - 9) { place.append(key[index]) }
    let hash = hashBytes(key)
    for shift in stride(from: 0, to: 64, by: 8) {
      place.append(UInt8(truncatingIfNeeded: hash >> UInt64(shift)))
    }
    return place
  }

  /// Lends one entry as the stream's key and the saved form.
  private static func lend(
    _ place: Span<UInt8>, _ data: Span<UInt8>, keeping last: inout [UInt8],
    _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) {
    last.removeAll(keepingCapacity: true)
    for index in place.indices { last.append(place[index]) }
    guard place.count == placeBytesMax, data.count > 2 else {
      return body(place.extracting(droppingFirst: 1), data)
    }
    let end = min(2 + (Int(data[0]) | Int(data[1]) << 8), data.count)
    body(data.extracting(2..<max(2, end)), data.extracting(end..<data.count))
  }
}
