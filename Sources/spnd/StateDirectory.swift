import Glibc

/// The directory that a daemon owns while it runs, with the instance id that names its
/// transactions.
///
/// The lock dies with the process, whatever way it ends.
struct StateDirectory: ~Copyable {
  /// A random name, made once: the same after a restart, so that a transaction left open is fenced
  /// and aborted.
  let instance: String
  private let lock: Int32

  /// Makes the directory if it is not there and locks it.
  init(path: String) throws(Failure) {
    try Self.make(path)
    let lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard lock >= 0 else { throw Self.failure("cannot write", path + "/lock") }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw Failure(
        .temporary,
        "\(path) belongs to another spnd that is running: give each its own state.directory")
    }
    do throws(Failure) {
      instance = try Self.readInstance(path)
    } catch {
      close(lock)
      throw error
    }
    self.lock = lock
  }

  deinit { close(lock) }

  private static func make(_ path: String) throws(Failure) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if unsafe mkdir(made, 0o750) != 0, errno != EEXIST {
        throw failure("cannot make", made)
      }
    }
  }

  private static func readInstance(_ path: String) throws(Failure) -> String {
    let name = path + "/instance"
    let file = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard file >= 0 else { throw failure("cannot write", name) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(file, &bytes, bytes.count)
    if count == 16 { return String(decoding: bytes[..<16], as: UTF8.self) }
    let made = String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
    guard unsafe pwrite(file, made, 16, 0) == 16, fsync(file) == 0 else {
      throw failure("cannot write", name)
    }
    return made
  }

  private static func failure(_ what: String, _ path: String) -> Failure {
    let reason = unsafe String(cString: strerror(errno))
    return Failure(
      .cannotCreate, "\(what) \(path): \(reason). Set state.directory to a place of its own")
  }
}
