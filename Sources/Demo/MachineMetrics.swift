import Glibc

/// This machine's own metrics, real and unscripted: processors, memory, load, disks and network.
///
/// Files that are missing, as they may be in a container, leave their metrics out.
package struct MachineMetrics: Sendable {
  /// One number at one time.
  package struct Metric: Equatable, Sendable {
    package var name: String
    package var value: Double
  }

  /// Processors that get a metric of their own, at most.
  private static let processorsMax = 32
  /// Bytes read of one file, at most.
  private static let fileBytesMax = 1 << 20

  private let root: String
  private var cpuTimes: [String: ProcText.CPUTime] = [:]
  private var disks: ProcText.Traffic?
  private var network: ProcText.Traffic?
  private var switches: UInt64?
  private var nanoseconds: UInt64?

  /// Metrics of the files under `root`.
  package init(root: String = "/proc") {
    self.root = root
  }

  /// Reads everything once; rates are the difference to the call before, so that the first call has
  /// none.
  ///
  /// - Parameter nanoseconds: the time of a clock that never jumps.
  package mutating func sample(nanoseconds now: UInt64) -> [Metric] {
    let elapsed = nanoseconds.map { Double(now &- $0) / 1e9 }
    nanoseconds = now
    var metrics: [Metric] = []
    if let stat = read("stat") {
      metrics += processors(ProcText.cpuTimes(stat))
      let total = ProcText.counter("ctxt", stat)
      metrics += rate("switches.per_second", switches, total, elapsed)
      switches = total
    }
    metrics += memory()
    if let load = read("loadavg").flatMap(ProcText.load) {
      metrics.append(Metric(name: "load.1m", value: load))
    }
    if let now = read("diskstats").map(ProcText.disks) {
      metrics += rate("disk.read_bytes_per_second", disks?.incoming, now.incoming, elapsed)
      metrics += rate("disk.written_bytes_per_second", disks?.outgoing, now.outgoing, elapsed)
      disks = now
    }
    if let now = read("net/dev").map(ProcText.network) {
      metrics += rate("net.received_bytes_per_second", network?.incoming, now.incoming, elapsed)
      metrics += rate("net.sent_bytes_per_second", network?.outgoing, now.outgoing, elapsed)
      network = now
    }
    return metrics
  }

  /// The share of time since the last call in which each processor was busy, 0…1.
  private mutating func processors(_ times: [ProcText.CPUTime]) -> [Metric] {
    var metrics: [Metric] = []
    for now in times.prefix(Self.processorsMax + 1) {
      if let before = cpuTimes[now.name], now.busy >= before.busy, now.idle >= before.idle {
        let busy = Double(now.busy - before.busy)
        let all = busy + Double(now.idle - before.idle)
        if all > 0 {
          metrics.append(Metric(name: "\(now.name).busy", value: Self.rounded(busy / all)))
        }
      }
      cpuTimes[now.name] = now
    }
    return metrics
  }

  private func memory() -> [Metric] {
    guard let meminfo = read("meminfo"), let total = ProcText.memory("MemTotal", meminfo),
      total > 0
    else { return [] }
    var metrics: [Metric] = []
    if let available = ProcText.memory("MemAvailable", meminfo) {
      metrics.append(Metric(name: "mem.used", value: Self.rounded(1 - available / total)))
    }
    if let cached = ProcText.memory("Cached", meminfo) {
      metrics.append(Metric(name: "mem.cached", value: Self.rounded(cached / total)))
    }
    return metrics
  }

  private func rate(
    _ name: String, _ before: UInt64?, _ now: UInt64?, _ elapsed: Double?
  ) -> [Metric] {
    guard let before, let now, let elapsed, elapsed > 0, now >= before else { return [] }
    return [Metric(name: name, value: Self.rounded(Double(now - before) / elapsed))]
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

  /// The text of a file, or nil where it cannot be read.
  private func read(_ file: String) -> String? {
    let descriptor = unsafe open("\(root)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < Self.fileBytesMax {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
