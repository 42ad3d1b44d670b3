import Glibc
import Pipeline
import Synchronization

/// A folder of a test's own, removed at its end.
final class Directory: Sendable {
  let path: String

  init() {
    path = "/tmp/spnd-storage-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    _ = unsafe mkdir(path, 0o700)
  }

  deinit {
    let files = ["in/3.mdb", "in/3.mdb-lock", "in", ""]
    for file in files { _ = unsafe remove("\(path)/\(file)") }
  }

  /// Writes a file in a folder of one level.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    if let folder = name.split(separator: "/").first {
      _ = unsafe mkdir("\(path)/\(folder)", 0o700)
    }
    guard let file = unsafe fopen("\(path)/\(name)", "w") else {
      throw PipelineError(code: .storage, subject: name, reason: "not made")
    }
    unsafe fwrite(bytes, 1, bytes.count, file)
    unsafe fclose(file)
  }
}

/// Keeps what is logged.
final class Log: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }
  var journal: Journal { Journal { _, line in self.kept.withLock { $0.append(line.text) } } }
}

let kind = SavedModel.Kind(numerics: 1, definition: 0xABC, blockByteCount: 3904)

extension Slice {
  /// A model whose block is one byte over and over.
  mutating func append(_ key: String, _ value: UInt8) {
    let block = [UInt8](repeating: value, count: kind.blockByteCount)
    unsafe block.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe append(
        SavedModel(kind: kind, lastOffset: 0, block: start), key: Array(key.utf8).span)
    }
  }

  mutating func append(_ number: Int) {
    append("stream-\(number)", UInt8(truncatingIfNeeded: number))
  }
}

/// The byte that a model's block is made of.
func value(of form: Span<UInt8>, key: Span<UInt8>) throws -> UInt8 {
  var block = [UInt8](repeating: 0, count: kind.blockByteCount)
  try unsafe block.withUnsafeMutableBytes { bytes in
    guard let start = bytes.baseAddress else { return }
    unsafe try SavedModel.read(form, key: key, kind: kind, into: start)
  }
  return block[block.count / 2]
}

func text(_ span: Span<UInt8>) -> String {
  String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
}

/// What a mapped file takes of this process's memory.
func residentBytes(ofMapped path: String) -> Int {
  guard let file = unsafe fopen("/proc/self/smaps", "r") else { return 0 }
  defer { unsafe fclose(file) }
  var line = [CChar](repeating: 0, count: 4096)
  var isInFile = false
  var kilobytes = 0
  while unsafe fgets(&line, Int32(line.count), file) != nil {
    let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let text = String(decoding: bytes, as: UTF8.self)
    // A mapping's first line ends with its file; those about it begin with a capital.
    if text.first?.isUppercase != true { isInFile = text.hasSuffix(" \(path)\n") }
    guard isInFile, text.hasPrefix("Rss:") else { continue }
    kilobytes += Int(text.split(separator: " ")[1]) ?? 0
  }
  return kilobytes << 10
}
