internal import Glibc
internal import Pipeline

/// What a pipeline's saved models take on disk, and what is left there.
struct StateDisk {
  /// Bytes that the files of all partitions take, those of partitions that were given back
  /// included.
  let bytes: Int64
  /// Bytes that the daemon may still use.
  let freeBytes: Int64

  /// Looks at the files; nil where there are none.
  init?(_ definition: Definition) {
    let directory = definition.state.directory + "/models"
    var system = statvfs()
    guard !definition.isEmbedded, unsafe statvfs(directory, &system) == 0 else { return nil }
    freeBytes = Int64(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
    bytes = definition.input.topics.reduce(0) { $0 + Self.bytes(in: "\(directory)/\($1)") }
  }

  private static func bytes(in path: String) -> Int64 {
    guard let folder = unsafe opendir(path) else { return 0 }
    defer { unsafe closedir(folder) }
    var sum: Int64 = 0
    while let entry = unsafe readdir(folder) {
      var file = stat()
      let isKnown = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe fstatat(dirfd(folder), $0, &file, AT_SYMLINK_NOFOLLOW) == 0
        }
      }
      // Blocks, for the files have holes.
      if isKnown, file.st_mode & S_IFMT == S_IFREG { sum += Int64(file.st_blocks) * 512 }
    }
    return sum
  }
}
