/// Reads a compiled time zone: "TZif", RFC 8536.
struct ZoneFile {
  /// Where each stretch of one offset starts and that offset, until 2201; nil where the file is
  /// damaged or version 1.
  static func read(_ bytes: [UInt8]) -> (starts: [Int64], offsets: [Int32])? {
    var file = ZoneFile(bytes: bytes)
    guard let old = file.header(), old.version >= UInt8(ascii: "2") else { return nil }
    // The first part repeats the table with 32-bit times.
    file.position += old.dataLength(timeBytes: 4)
    guard let header = file.header(), header.isPlausible else { return nil }
    guard let table = file.table(header) else { return nil }
    guard let rule = file.footer(after: header) else { return table }
    return extended(table, by: rule)
  }

  private let bytes: [UInt8]
  private var position = 0

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The counts that say how long each part of a table is.
  private struct Header {
    var version: UInt8
    var utcFlags, standardFlags, leaps, times, types, characters: Int

    var isPlausible: Bool { types > 0 && types <= 256 && times <= 10_000 }

    func dataLength(timeBytes: Int) -> Int {
      times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standardFlags
        + utcFlags
    }
  }

  private mutating func header() -> Header? {
    guard position <= bytes.count - 44, bytes[position...].starts(with: "TZif".utf8) else {
      return nil
    }
    let version = bytes[position + 4]
    position += 20
    let counts = (0..<6).map { _ in Int(integer(4)) }
    guard counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count }) else { return nil }
    return Header(
      version: version, utcFlags: counts[0], standardFlags: counts[1], leaps: counts[2],
      times: counts[3], types: counts[4], characters: counts[5])
  }

  /// A big-endian integer of at most 8 bytes; the caller has checked that they are there.
  private mutating func integer(_ length: Int) -> Int64 {
    var value: UInt64 = 0
    for byte in bytes[position..<position + length] { value = value << 8 | UInt64(byte) }
    position += length
    return length == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }

  private mutating func table(_ header: Header) -> (starts: [Int64], offsets: [Int32])? {
    let end = position + header.dataLength(timeBytes: 8)
    guard end <= bytes.count else { return nil }
    let times = (0..<header.times).map { _ in integer(8) }
    let indices = bytes[position..<position + header.times]
    position += header.times
    var types: [Int32] = []
    for _ in 0..<header.types {
      types.append(Int32(truncatingIfNeeded: integer(4)))
      position += 2
    }
    position = end
    guard indices.allSatisfy({ $0 < types.count }), types.allSatisfy({ abs(Int($0)) < 86_400 }),
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    // RFC 8536, 3.2: type 0 holds before the first transition.
    return ([.min] + times, [types[0]] + indices.map { types[Int($0)] })
  }

  /// The rule for the years after the table, nil where there is none.
  private func footer(after header: Header) -> ZoneRule? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\n") else { return nil }
    let text = bytes[(position + 1)...].prefix { $0 != UInt8(ascii: "\n") }
    return ZoneRule(Array(text))
  }

  private static func extended(
    _ table: (starts: [Int64], offsets: [Int32]), by rule: ZoneRule
  ) -> (starts: [Int64], offsets: [Int32]) {
    var (starts, offsets) = table
    let tableEnd = starts[starts.count - 1]
    // Files that hold no transition at all begin "since ever".
    let firstYear = tableEnd == .min ? 1970 : CivilTime(seconds: tableEnd).year
    guard firstYear <= 2201 else { return table }
    for year in firstYear...2201 {
      for (time, offset) in rule.transitions(in: year) where time > starts[starts.count - 1] {
        starts.append(time)
        offsets.append(offset)
      }
    }
    return (starts, offsets)
  }
}
