internal import CLMDB
internal import Glibc
internal import Pipeline
internal import Synchronization

/// One partition's environment, and the lease of the one worker that may write it.
///
/// A worker that lost its partition may still have a slice on its way; the lease keeps it from
/// covering what the next owner has saved.
@safe final class SharedEnvironment: Sendable {
  private let path: String
  /// Guards the environment: held shared while it is used, alone while it is replaced or grows.
  private let lock = ReadWriteLock()
  private nonisolated(unsafe) var environment: Environment?
  private let lease = Mutex<UInt64>(0)

  init(path: String) { self.path = path }

  /// Makes the caller the owner, once what the owner before it writes is written.
  ///
  /// - Parameter recovered: told why a file that is damaged was thrown away.
  func takeOver(
    recovered: (LMDBError) -> Void
  ) throws(LMDBError) -> (lease: UInt64, manifest: Manifest?) {
    let number = lease.withLock { lease in
      lease += 1
      return lease
    }
    do throws(LMDBError) {
      return (number, try manifest())
    } catch {
      guard error.isDamage else { throw error }
      recovered(error)
      try makeAnew()
      return (number, nil)
    }
  }

  /// What is known of the models.
  func manifest() throws(LMDBError) -> Manifest? {
    let text = try use { (environment) throws(LMDBError) in try environment.manifest() }
    return text.flatMap { Manifest(text: $0) }
  }

  /// Writes a slice if the lease is still the caller's; else false.
  func write(_ slice: borrowing Slice, lease number: UInt64) throws(LMDBError) -> Bool {
    try lease.withLock { (lease) throws(LMDBError) in
      guard lease == number else { return false }
      try write(slice)
      return true
    }
  }

  private func write(_ slice: borrowing Slice) throws(LMDBError) {
    while true {
      do throws(LMDBError) {
        try use { (environment) throws(LMDBError) in try environment.put(slice) }
        return try alone { (environment) throws(LMDBError) in try environment?.remap() }
      } catch {
        switch error.number {
        case MDB_MAP_FULL:
          try alone { (environment) throws(LMDBError) in try environment?.grow() }
        default:
          // What failed once may leave the environment unusable; the next try opens it anew.
          try alone { (environment) throws(LMDBError) in environment = nil }
          throw error
        }
      }
    }
  }

  /// Lends the environment to a reader or writer, opening it first where it is closed.
  func use<Result>(
    _ body: (borrowing Environment) throws(LMDBError) -> Result
  ) throws(LMDBError) -> Result {
    while true {
      if let result = try useOpened(body) { return result }
      let path = path
      try alone { (environment) throws(LMDBError) in
        if environment == nil { environment = try Environment(path: path) }
      }
    }
  }

  private func useOpened<Result>(
    _ body: (borrowing Environment) throws(LMDBError) -> Result
  ) throws(LMDBError) -> Result? {
    lock.lockShared()
    defer { lock.unlock() }
    switch unsafe environment {
    case .some(let environment): return try body(environment)
    case .none: return nil
    }
  }

  /// Throws the file away and begins another.
  private func makeAnew() throws(LMDBError) {
    let path = path
    try alone { (environment) throws(LMDBError) in
      environment = nil
      _ = unsafe unlink(path)
      _ = unsafe unlink(path + "-lock")
      environment = try Environment(path: path)
    }
  }

  private func alone(
    _ body: (inout Environment?) throws(LMDBError) -> Void
  ) throws(LMDBError) {
    lock.lockAlone()
    defer { lock.unlock() }
    unsafe try body(&environment)
  }
}

/// A lock that many may share or one may have alone.
@safe final class ReadWriteLock: Sendable {
  // Threads share it by design: locking is what pthread_rwlock_t is for.
  private nonisolated(unsafe) let lock: UnsafeMutablePointer<pthread_rwlock_t>

  init() {
    unsafe lock = .allocate(capacity: 1)
    unsafe pthread_rwlock_init(lock, nil)
  }

  deinit {
    unsafe pthread_rwlock_destroy(lock)
    unsafe lock.deallocate()
  }

  func lockShared() { unsafe pthread_rwlock_rdlock(lock) }

  func lockAlone() { unsafe pthread_rwlock_wrlock(lock) }

  func unlock() { unsafe pthread_rwlock_unlock(lock) }
}
