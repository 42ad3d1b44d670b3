import Glibc

/// Small files, read whole.
package enum File {
  /// Reads a file from its start, at most `bytesMax` bytes of it.
  package static func read(_ path: String, bytesMax: Int) throws(Complaint) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw fault() }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(bytesMax, 65_536))
    while bytes.count < bytesMax {
      let wanted = min(chunk.count, bytesMax - bytes.count)
      let count = unsafe Glibc.read(file, &chunk, wanted)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault() }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  private static func fault() -> Complaint {
    let reason = unsafe String(cString: strerror(errno))
    return Complaint(
      message: "cannot be read: \(reason)", remedy: "check the path and its permissions")
  }
}
