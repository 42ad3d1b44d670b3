import Demo
import Testing

/// The text of Linux's own files, as captured.
struct MachineMetricsTests {
  @Test("processor times: idle and waiting for disks apart from all else, guests not twice")
  func processors() {
    let stat = """
      cpu  3690 10 2454 376616 1606 4 38 183 50 0
      cpu0 1070 0 794 190234 80 0 9 73 0 0
      intr 123 0 0
      ctxt 987654
      procs_running 2
      """
    let times = ProcText.cpuTimes(stat)
    #expect(times.map(\.name) == ["cpu", "cpu0"])
    #expect(times[0].busy == 3690 + 10 + 2454 + 4 + 38 + 183)
    #expect(times[0].idle == 376_616 + 1606)
    #expect(ProcText.counter("ctxt", stat) == 987_654)
    #expect(ProcText.counter("btime", stat) == nil)
  }

  @Test("memory and load")
  func memory() {
    let meminfo = "MemTotal:       24684096 kB\nMemFree:        24117580 kB\nHugePages_Total: 0\n"
    #expect(ProcText.memory("MemTotal", meminfo) == 25_276_514_304.0)
    #expect(ProcText.memory("MemAvailable", meminfo) == nil)
    #expect(ProcText.load("0.25 0.10 0.05 1/96 5754\n") == 0.25)
    #expect(ProcText.load("") == nil)
  }

  @Test("disks without their partitions and without virtual devices")
  func disks() {
    let diskstats = """
         7       0 loop0 9 9 9999 9 9 9 9999 9 0 0 0 0 0 0 0
       259       0 nvme0n1 100 0 2000 50 200 0 4000 60 0 0 0 0 0 0 0
       259       1 nvme0n1p1 90 0 1900 50 190 0 3900 60 0 0 0 0 0 0 0
         8       0 sda 1 0 10 5 2 0 20 6 0 0 0 0
       253       0 dm-0 9 9 9999 9 9 9 9999 9 0 0 0 0 0 0 0
      short line
      """
    let traffic = ProcText.disks(diskstats)
    #expect(traffic.incoming == 2010 * 512)
    #expect(traffic.outgoing == 4020 * 512)
  }

  @Test("network interfaces without the loopback, also where no space follows the colon")
  func network() {
    let dev = """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
          lo:    3193      29    0    0    0     0          0         0     3193      29    0
        eth0: 37122567     860    0    0    0     0          0         0    48494     578    0
      eth1:100 1 0 0 0 0 0 0 200 2 0 0
      """
    #expect(ProcText.network(dev).incoming == 37_122_667)
    #expect(ProcText.network(dev).outgoing == 48_694)
  }

  @Test("rates need two calls; files that are missing leave their metrics out")
  func missingFiles() {
    var nowhere = MachineMetrics(root: "/nonexistent")
    #expect(nowhere.sample(nanoseconds: 1).isEmpty)
    #expect(nowhere.sample(nanoseconds: 2).isEmpty)
    var here = MachineMetrics()
    let first = Set(here.sample(nanoseconds: 0).map(\.name))
    #expect(!first.contains("switches.per_second"))
    let second = here.sample(nanoseconds: 200_000_000)
    #expect(second.contains { $0.name == "switches.per_second" })
    #expect(second.contains { $0.name == "mem.used" && 0...1 ~= $0.value })
    #expect(second.allSatisfy { $0.value.isFinite && $0.value >= 0 })
  }
}
