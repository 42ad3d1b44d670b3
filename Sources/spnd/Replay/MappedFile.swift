import Glibc

/// A file's bytes, read by the system as they are touched.
@safe struct MappedFile: ~Copyable {
  private let base: UnsafeMutableRawPointer?
  let count: Int

  /// Maps the whole of a regular file.
  init(path: String) throws(Failure) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Self.failure(path, unsafe String(cString: strerror(errno))) }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Self.failure(path, "it is not a regular file")
    }
    let count = Int(status.st_size)
    let mapped = unsafe count == 0 ? nil : mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0)
    guard unsafe mapped != MAP_FAILED else {
      throw Self.failure(path, unsafe String(cString: strerror(errno)))
    }
    if let mapped = unsafe mapped { unsafe madvise(mapped, count, MADV_SEQUENTIAL) }
    unsafe base = mapped
    self.count = count
  }

  deinit {
    if let base = unsafe base { unsafe munmap(base, count) }
  }

  /// The bytes.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      guard let base = unsafe base else { return Span() }
      let span = unsafe Span<UInt8>(
        _unsafeStart: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  private static func failure(_ path: String, _ reason: String) -> Failure {
    Failure(.noInput, "cannot read \(path): \(reason)")
  }
}
