/// Reads the text of Linux's files under `/proc`, as far as the demonstration needs them (proc(5)).
package enum ProcText {
  /// The time that one processor has spent since the machine started, in the kernel's ticks.
  package struct CPUTime: Equatable, Sendable {
    /// `cpu` for all together, `cpu0` and so on for each.
    package var name: String
    package var busy: UInt64
    package var idle: UInt64
  }

  /// Bytes that have gone in and out since the machine started.
  package struct Traffic: Equatable, Sendable {
    package var incoming: UInt64
    package var outgoing: UInt64
  }

  /// The processors of `/proc/stat`, all together first.
  package static func cpuTimes(_ stat: String) -> [CPUTime] {
    rows(stat).compactMap { fields in
      guard fields[0].hasPrefix("cpu"), fields.count >= 5 else { return nil }
      // Guest time is contained in user time, so only the first eight columns are added.
      let ticks = fields.dropFirst().prefix(8).map { UInt64($0) ?? 0 }
      let idle = ticks[3] &+ (ticks.count > 4 ? ticks[4] : 0)
      return CPUTime(name: String(fields[0]), busy: ticks.reduce(0, &+) &- idle, idle: idle)
    }
  }

  /// A counter of `/proc/stat` that stands alone on its line, such as `ctxt`.
  package static func counter(_ name: String, _ stat: String) -> UInt64? {
    rows(stat).first { $0[0] == name && $0.count > 1 }.flatMap { UInt64($0[1]) }
  }

  /// A size of `/proc/meminfo` in bytes.
  package static func memory(_ name: String, _ meminfo: String) -> Double? {
    rows(meminfo).first { $0[0] == name + ":" && $0.count > 1 }
      .flatMap { Double($0[1]) }.map { $0 * 1024 }
  }

  /// The load average of the last minute.
  package static func load(_ loadavg: String) -> Double? {
    rows(loadavg).first.flatMap { Double($0[0]) }
  }

  /// What the disks of `/proc/diskstats` have read and written; partitions and virtual devices are
  /// left out.
  package static func disks(_ diskstats: String) -> Traffic {
    let virtual = ["loop", "ram", "dm-", "md", "zram", "sr", "fd"]
    var total = Traffic(incoming: 0, outgoing: 0)
    var counted: [Substring] = []
    for fields in rows(diskstats) where fields.count >= 10 {
      let name = fields[2]
      // A partition is listed after its disk, whose name its own begins with.
      guard !virtual.contains(where: { name.hasPrefix($0) }),
        !counted.contains(where: { name.hasPrefix($0) }),
        let read = UInt64(fields[5]), let written = UInt64(fields[9])
      else { continue }
      counted.append(name)
      // The kernel counts sectors of 512 bytes here, whatever the disk's own are.
      total.incoming &+= read &* 512
      total.outgoing &+= written &* 512
    }
    return total
  }

  /// What the network interfaces of `/proc/net/dev` have received and sent, the loopback left out.
  package static func network(_ dev: String) -> Traffic {
    var total = Traffic(incoming: 0, outgoing: 0)
    for line in dev.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let name = line[..<colon].drop { $0 == " " }
      let fields = line[line.index(after: colon)...].split(separator: " ")
      guard name != "lo", fields.count >= 9, let received = UInt64(fields[0]),
        let sent = UInt64(fields[8])
      else { continue }
      total.incoming &+= received
      total.outgoing &+= sent
    }
    return total
  }

  private static func rows(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      return fields.isEmpty ? nil : fields
    }
  }
}
