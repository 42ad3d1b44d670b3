import Glibc

/// How far the clocks of one time zone are from UTC, at every time until the year 2201.
///
/// Read once from the system's compiled zone (RFC 8536); what the file states as a rule for the
/// years after its table is written out as transitions here, so that a lookup is a search in one
/// array and allocates nothing.
public struct ZoneRules: Sendable, Equatable {
  /// The zone's name in the time zone database.
  public let name: String
  /// Where each stretch of one offset starts, in seconds since 1970, ascending; the first holds
  /// since ever.
  private let starts: [Int64]
  /// The offset of each stretch in seconds, positive east of Greenwich.
  private let offsets: [Int32]
  /// The stretch of the last lookup.
  private var last = 0

  /// UTC, which needs no file.
  public static let utc = ZoneRules(name: "UTC", starts: [.min], offsets: [0])

  /// Rules from a table; `starts` begins with `Int64.min` and is as long as `offsets`.
  init(name: String, starts: [Int64], offsets: [Int32]) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
  }

  /// Reads the zone `name`, such as `Europe/Berlin`, from the system's database below `directory`.
  public init(
    _ name: String, directory: String = "/usr/share/zoneinfo"
  ) throws(PipelineError) {
    if name == "UTC" {
      self = .utc
      return
    }
    guard Self.isPlausible(name) else {
      throw Self.error(name, "is no time zone; give a name such as Europe/Berlin or UTC")
    }
    guard let bytes = Self.contents(of: "\(directory)/\(name)") else {
      throw Self.error(
        name, "is not among the time zones in \(directory); is the package tzdata installed?")
    }
    guard let rules = ZoneRules(name, contents: bytes) else {
      throw Self.error(name, "is no compiled time zone of version 2 or later in \(directory)")
    }
    self = rules
  }

  /// Reads a zone out of a compiled file's bytes; nil where they are none of version 2 or later.
  package init?(_ name: String, contents: [UInt8]) {
    guard let (starts, offsets) = ZoneFile.read(contents) else { return nil }
    self.init(name: name, starts: starts, offsets: offsets)
  }

  /// Whether both are the same zone with the same offsets.
  public static func == (left: ZoneRules, right: ZoneRules) -> Bool {
    left.name == right.name && left.starts == right.starts && left.offsets == right.offsets
  }

  /// The seconds that local clocks are ahead of UTC at `seconds` since 1970.
  public mutating func offset(at seconds: Int64) -> Int32 {
    let next = last + 1
    if starts[last] <= seconds, next == starts.count || seconds < starts[next] {
      return offsets[last]
    }
    last = stretch(at: seconds)
    return offsets[last]
  }

  /// The time at which local clocks show `local`, seconds since 1970 as if they were UTC.
  ///
  /// What the clocks show twice is the first of the two; what they skip is read with the offset
  /// before the gap, so that 02:30 becomes 03:30 when they jump from 02:00 to 03:00.
  public mutating func utc(local: Int64) -> Int64 {
    // Offsets are below a day, so the two days around hold the offsets before and after a
    // transition nearby.
    let before = Int64(offset(at: local - CivilTime.secondsPerDay))
    let after = Int64(offset(at: local + CivilTime.secondsPerDay))
    if before == after || Int64(offset(at: local - before)) == before { return local - before }
    return Int64(offset(at: local - after)) == after ? local - after : local - before
  }

  private func stretch(at seconds: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle } else { high = middle }
    }
    return low
  }

  /// Whether a name can be joined to a directory without leaving it.
  private static func isPlausible(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count), !name.contains("..") else { return false }
    guard name.first != "/", name.first != "." else { return false }
    return name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/_+-".utf8.contains($0)
      }
    }
  }

  private static func error(_ name: String, _ reason: String) -> PipelineError {
    PipelineError(code: .configuration, subject: "time zone \"\(name)\"", reason: reason)
  }

  /// The whole file, or nil; the database's largest is below 4 KiB, so 1 MiB bounds what is no
  /// zone.
  private static func contents(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < 1 << 20 {
      let length = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      guard length >= 0 else { return nil }
      if length == 0 { return bytes }
      bytes += chunk[..<length]
    }
    return nil
  }
}
