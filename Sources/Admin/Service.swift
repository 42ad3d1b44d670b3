public import Pipeline

/// What the service manager is told; nothing where none asks.
///
/// The watchdog is fed by the workers: it goes without as soon as one of them stops going round
/// its loop, or a partition stands still for too long while there is something to read.
public struct Service {
  /// How far the start is extended each time that restoring has moved on.
  private static let startExtension: UInt64 = 60_000_000_000
  /// How long the start is extended for while the group has not given every worker its share: it
  /// waits for its other members, for as long as `max.poll.interval.ms` (five minutes).
  private static let joinLimit: UInt64 = 360_000_000_000
  /// How often the status line may change, in nanoseconds.
  private static let statusInterval: UInt64 = 5_000_000_000
  /// How long a partition may stand still, in nanoseconds.
  private static let stallLimit: UInt64 = 3 * Observatory.stallLimit

  /// The time within which the manager wants to hear of us, in nanoseconds; nil where it does not.
  private let watchdog: UInt64?
  private let send: (String) -> Void
  private var isReady = false
  private var fed: UInt64 = 0
  private var statusTime: UInt64 = 0
  private var status = ""
  /// When it was first asked to tell.
  private var begun: UInt64?
  /// What had been restored when the start was last extended.
  private var restored: Int64 = -1

  /// - Parameters:
  ///   - watchdog: see above.
  ///   - send: takes the lines of sd_notify(3).
  public init(watchdog: UInt64?, send: @escaping (String) -> Void) {
    self.watchdog = watchdog
    self.send = send
  }

  /// Tells how things are; to be called a few times a second.
  public mutating func watch(_ observatory: Observatory, now: UInt64) {
    if !isReady { announce(observatory, now: now) }
    if now &- statusTime >= Self.statusInterval { tellStatus(observatory, now: now) }
    feed(observatory, now: now)
  }

  /// A new definition is about to be read; a service that still starts does not say so.
  public func beginReload(now: UInt64) {
    if isReady { send("RELOADING=1\nMONOTONIC_USEC=\(now / 1000)") }
  }

  /// It was taken, or not; that makes nobody ready who was not ready before.
  public func endReload(_ outcome: String) {
    send(isReady ? "READY=1\nSTATUS=\(outcome)" : "STATUS=\(outcome)")
  }

  /// The daemon commits and leaves.
  public func stop() { send("STOPPING=1\nSTATUS=commits and leaves the group") }

  private mutating func announce(_ observatory: Observatory, now: UInt64) {
    if observatory.isRestored {
      isReady = true
      tellStatus(observatory, now: now, with: "READY=1\n")
      return
    }
    let counters = observatory.counters
    let done = counters.received + counters.filledStreams + counters.loadedStreams
    let isFirst = begun == nil
    let since = begun ?? now
    begun = since
    let isJoining = !observatory.reports.allSatisfy(\.isJoined) && now &- since < Self.joinLimit
    guard done > restored || isJoining, now &- statusTime >= Self.statusInterval || isFirst
    else { return }
    restored = done
    tellStatus(
      observatory, now: now, with: "EXTEND_TIMEOUT_USEC=\(Self.startExtension / 1000)\n")
  }

  private mutating func tellStatus(
    _ observatory: Observatory, now: UInt64, with prefix: String = ""
  ) {
    statusTime = now
    let line = observatory.statusLine
    guard line != status || !prefix.isEmpty else { return }
    status = line
    send("\(prefix)STATUS=\(line)")
  }

  private mutating func feed(_ observatory: Observatory, now: UInt64) {
    guard let watchdog, now &- fed >= watchdog / 4, let beat = observatory.oldestBeat,
      now < beat + watchdog / 2, observatory.stall(now: now) < Self.stallLimit
    else { return }
    fed = now
    send("WATCHDOG=1")
  }
}

extension Observatory {
  /// How things are, in a line.
  var statusLine: String {
    let reports = reports
    let partitions = reports.flatMap(\.partitions)
    let joined = reports.count { $0.isJoined }
    guard joined == reports.count else {
      return "\(joined) of \(reports.count) workers have joined"
    }
    let unsavable = reports.reduce(0) { $0 + $1.counters.unsavable }
    guard unsavable == 0 else {
      return "waits, for models of \(unsavable) partitions cannot be saved"
    }
    let restoring = partitions.filter(\.isRestoring)
    guard restoring.isEmpty else {
      let left = restoring.reduce(0) { $0 + $1.speaksFrom - $1.position }
      let toLoad = restoring.reduce(0) { $0 + $1.toLoad }
      let filled = restoring.reduce(0) { $0 + $1.filled }
      return "restores \(restoring.count) of \(partitions.count) partitions, \(left) records left"
        + (toLoad > 0 ? ", \(toLoad) models to load" : "")
        + (filled > 0 ? ", \(filled) models read from the changelog" : "")
    }
    var census = Census()
    for report in reports { census += report.census }
    let streams = census.learning + census.steady + census.anomalous
    let lag = partitions.reduce(0) { $0 + ($1.lag ?? 0) }
    return "\(partitions.count) partitions, \(streams) streams, lag \(lag), "
      + "\(census.anomalous) anomalies open"
  }
}
