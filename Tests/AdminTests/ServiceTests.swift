import Admin
import Pipeline
import Synchronization
import Testing

/// What a service manager was told.
final class Told: Sendable {
  private let state = Mutex<[String]>([])

  /// Adds a message.
  func note(_ message: String) { state.withLock { $0.append(message) } }

  /// The messages since the last time.
  func take() -> [String] {
    state.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}

@Suite struct ServiceTests {
  private let second: UInt64 = 1_000_000_000
  private let told = Told()

  private func service() -> Service {
    Service(watchdog: 60 * second) { [told] in told.note($0) }
  }

  @Test("ready when everything is restored, and longer to start while restoring moves on")
  func start() throws {
    let served = try Served()
    var service = service()
    service.watch(served.observatory, now: second)
    #expect(told.take().first?.hasPrefix("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=") == true)
    served.show(position: 5, speaksFrom: 8)
    service.watch(served.observatory, now: 7 * second)
    let extended = try #require(told.take().first)
    #expect(extended.hasPrefix("EXTEND_TIMEOUT_USEC="))
    #expect(extended.hasSuffix("STATUS=restores 1 of 1 partitions, 3 records left"))
    service.watch(served.observatory, now: 14 * second)
    #expect(!told.take().contains { $0.hasPrefix("EXTEND") }, "nothing was restored meanwhile")
    // Models that were loaded are progress, too.
    for (toLoad, seconds) in [(4000, 20), (3000, 27)] as [(Int, UInt64)] {
      served.show(position: 8, speaksFrom: 8, toLoad: toLoad)
      service.watch(served.observatory, now: seconds * second)
    }
    let loading = try #require(told.take().last)
    #expect(loading.hasPrefix("EXTEND_TIMEOUT_USEC="))
    #expect(loading.hasSuffix("restores 1 of 1 partitions, 0 records left, 3000 models to load"))
    #expect(
      served.client.get("/metrics")?.body.contains(
        "spnd_state_restore_remaining_models{pipeline=\"plant\",topic=\"sensors\",partition=\"3\"} 3000"
      )
        == true)
    served.show(position: 8, speaksFrom: 8)
    service.watch(served.observatory, now: 28 * second)
    #expect(told.take().first?.hasPrefix("READY=1\nSTATUS=1 partitions") == true)
  }

  @Test("longer to start while the group lets workers wait, but not for ever")
  func joining() throws {
    let served = try Served()
    var service = service()
    func isExtended(at seconds: UInt64) -> Bool {
      service.watch(served.observatory, now: seconds * second)
      return told.take().contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") }
    }
    for seconds in stride(from: UInt64(1), to: 361, by: 5) { #expect(isExtended(at: seconds)) }
    #expect(!isExtended(at: 361) && !isExtended(at: 400))
  }

  @Test("longer to start while saved models are being read")
  func loading() throws {
    let served = try Served()
    var service = service()
    for (seconds, models) in [(1, 0), (7, 500), (14, 500), (21, 900)] as [(UInt64, Int64)] {
      served.show(position: 5, speaksFrom: 8, models: models)
      service.watch(served.observatory, now: seconds * second)
      #expect(told.take().contains { $0.hasPrefix("EXTEND") } == (seconds != 14))
    }
  }

  @Test("a worker that stands still stops the watchdog")
  func watchdog() throws {
    let served = try Served()
    served.show()
    var service = service()
    served.observatory.beat(0, now: 100 * second)
    service.watch(served.observatory, now: 101 * second)
    #expect(told.take().contains("WATCHDOG=1"))
    service.watch(served.observatory, now: 120 * second)
    #expect(told.take().contains("WATCHDOG=1"))
    // The worker has not gone round its loop for half the time that the manager waits.
    for now in [131, 140, 160, 200] {
      service.watch(served.observatory, now: UInt64(now) * second)
    }
    #expect(!told.take().contains("WATCHDOG=1"))
  }

  /// P21.
  @Test("a partition that stands still with records to read is first not ready, then not fed")
  func stall() throws {
    let served = try Served()
    for _ in 0..<2 { served.show(lag: 5) }
    #expect(served.observatory.isReady(now: 60 * second))
    #expect(!served.observatory.isReady(now: 61 * second))
    var service = service()
    func isFed(at seconds: UInt64) -> Bool {
      served.observatory.beat(0, now: seconds * second)
      service.watch(served.observatory, now: seconds * second)
      return told.take().contains("WATCHDOG=1")
    }
    #expect(isFed(at: 120) && isFed(at: 180))
    #expect(!isFed(at: 182) && !isFed(at: 200))
    served.show(position: 11, lag: 4)
    #expect(isFed(at: 220) && served.observatory.isReady(now: 220 * second))
  }

  @Test("a reload says when it began, and the end says stopping")
  func reload() throws {
    let served = try Served()
    served.show()
    var service = service()
    service.watch(served.observatory, now: second)
    _ = told.take()
    service.beginReload(now: 5_000_000)
    service.endReload("the new definition is in force")
    service.stop()
    #expect(
      told.take() == [
        "RELOADING=1\nMONOTONIC_USEC=5000", "READY=1\nSTATUS=the new definition is in force",
        "STOPPING=1\nSTATUS=commits and leaves the group",
      ])
  }

  @Test("a reload while models are still being restored makes nobody ready")
  func earlyReload() throws {
    let served = try Served()
    served.show(position: 5, speaksFrom: 8)
    var service = service()
    service.watch(served.observatory, now: second)
    _ = told.take()
    service.beginReload(now: 2 * second)
    service.endReload("the new definition is in force")
    #expect(told.take() == ["STATUS=the new definition is in force"])
  }

  @Test("who waits for a full disk stands still with reason: not ready, and not started again")
  func fullDisk() throws {
    let served = try Served()
    for _ in 0..<2 { served.show(lag: 5, unsavable: 1) }
    var service = service()
    served.observatory.beat(0, now: 900 * second)
    service.watch(served.observatory, now: 900 * second)
    #expect(told.take().contains("WATCHDOG=1"))
    #expect(!served.observatory.isReady(now: 900 * second))
    #expect(served.observatory.stall(now: 900 * second) == 0)
  }
}

@Suite struct LogLimiterTests {
  @Test("what differs in numbers alone is said once in ten seconds, and counted")
  func repeated() {
    let limiter = LogLimiter()
    let window = LogLimiter.window
    #expect(limiter.admit(.error, "offset 17: full", now: 1) == "offset 17: full")
    #expect(limiter.admit(.error, "offset 4711: full", now: 2) == nil)
    #expect(limiter.admit(.error, "offset 4712: full", now: window) == nil)
    #expect(limiter.admit(.error, "disk: full", now: 3) == "disk: full")
    #expect(
      limiter.admit(.error, "offset 9: full", now: window + 1)
        == "offset 9: full (and 2 more like it)")
  }

  @Test("information is never held back")
  func information() {
    let limiter = LogLimiter()
    #expect(limiter.admit(.info, "has 1 partition", now: 1) == "has 1 partition")
    #expect(limiter.admit(.info, "has 1 partition", now: 2) == "has 1 partition")
  }
}
