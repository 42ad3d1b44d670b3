/// What an engine has done since it started; every record that was spoken about is in exactly one
/// of the dispositions.
public struct Counters: Sendable, Equatable {
  /// Records read, those replayed in silence included.
  public var received: Int64 = 0
  /// Records learned again in silence after a restart or a rebalance.
  public var replayed: Int64 = 0
  /// The dispositions.
  public var predicted: Int64 = 0
  public var late: Int64 = 0
  public var duplicate: Int64 = 0
  public var deadLettered: Int64 = 0
  /// Results.
  public var anomalies: Int64 = 0
  public var drifts: Int64 = 0
  /// Events whose record had no key, or another one than the stream's (or its group's) event
  /// before, where fields name the stream: its events may lie in several partitions, each with a
  /// model of its own.
  public var keyless: Int64 = 0
  public var rekeyed: Int64 = 0
  /// Events of streams whose group has no place left for them.
  public var unheard: Int64 = 0
  /// Anomalies opened by severity, values that raised no alarm by the reason, drifts by kind,
  /// troubles with streams' data that began by kind, dead letters by reason: each by the place of
  /// its case.
  public var anomaliesBySeverity = SIMD4<Int64>()
  public var suppressedByReason = SIMD4<Int64>()
  public var driftsByKind = SIMD8<Int64>()
  public var troublesByKind = SIMD8<Int64>()
  public var rejections = SIMD32<Int64>()
  /// Values that were predicted with an interval, and those that it held.
  public var predictedValues: Int64 = 0
  public var coveredValues: Int64 = 0
  /// The sum of their errors in half-widths of their intervals, and what it would be if the value
  /// before were the prediction.
  public var forecastErrors: Double = 0
  public var naiveErrors: Double = 0
  /// Alarms that the budget allows for the streams' own time that has passed.
  public var alarmsAllowed: Double = 0
  /// Transactions.
  public var commits: Int64 = 0
  public var aborts: Int64 = 0
  /// Times that the group gave partitions, took them back, or had taken them without asking.
  public var assignments: Int64 = 0
  public var revocations: Int64 = 0
  public var losses: Int64 = 0
  /// Streams in memory, and the bytes that they take.
  public var streams: Int64 = 0
  public var modelBytes: Int64 = 0
  /// Partitions given to this worker, and how many of them are loaded or still learn in silence.
  public var partitions: Int64 = 0
  public var restoring: Int64 = 0
  /// Records that are still to be learned in silence.
  public var restoringRecords: Int64 = 0
  /// Saved models that were looked at when partitions began, and those that still are to be.
  public var loadedStreams: Int64 = 0
  public var modelsToLoad: Int64 = 0
  /// Streams that changed since they were last saved.
  public var unsavedStreams: Int64 = 0
  /// Workers whose models fill their share of the memory, so that some wait in the store.
  public var fullMemories: Int64 = 0
  /// Partitions that input topics were found to have more than before.
  public var addedPartitions: Int64 = 0
  /// Models read from changelogs into the store.
  public var filledStreams: Int64 = 0
  /// Models read from the store, written to it, sent there for want of memory, and begun anew
  /// because the saved one could not be used or an operator wanted it.
  public var restoredStreams: Int64 = 0
  public var savedStreams: Int64 = 0
  public var evictedStreams: Int64 = 0
  public var resetStreams: Int64 = 0
  public var askedResets: Int64 = 0
  /// Slices that the store did not take.
  public var saveFailures: Int64 = 0
  /// Partitions whose models the store cannot take; nothing is read while there are any.
  public var unsavable: Int64 = 0

  public init() {}

  /// Adds another worker's counters.
  public static func += (left: inout Counters, right: Counters) {
    left.received += right.received
    left.replayed += right.replayed
    left.predicted += right.predicted
    left.late += right.late
    left.duplicate += right.duplicate
    left.deadLettered += right.deadLettered
    left.anomalies += right.anomalies
    left.drifts += right.drifts
    left.keyless += right.keyless
    left.rekeyed += right.rekeyed
    left.unheard += right.unheard
    left.anomaliesBySeverity &+= right.anomaliesBySeverity
    left.suppressedByReason &+= right.suppressedByReason
    left.driftsByKind &+= right.driftsByKind
    left.troublesByKind &+= right.troublesByKind
    left.rejections &+= right.rejections
    left.predictedValues += right.predictedValues
    left.coveredValues += right.coveredValues
    left.forecastErrors += right.forecastErrors
    left.naiveErrors += right.naiveErrors
    left.alarmsAllowed += right.alarmsAllowed
    left.commits += right.commits
    left.aborts += right.aborts
    left.assignments += right.assignments
    left.revocations += right.revocations
    left.losses += right.losses
    left.streams += right.streams
    left.modelBytes += right.modelBytes
    left.partitions += right.partitions
    left.restoring += right.restoring
    left.restoringRecords += right.restoringRecords
    left.loadedStreams += right.loadedStreams
    left.modelsToLoad += right.modelsToLoad
    left.unsavedStreams += right.unsavedStreams
    left.fullMemories += right.fullMemories
    left.addedPartitions += right.addedPartitions
    left.filledStreams += right.filledStreams
    left.restoredStreams += right.restoredStreams
    left.savedStreams += right.savedStreams
    left.evictedStreams += right.evictedStreams
    left.resetStreams += right.resetStreams
    left.askedResets += right.askedResets
    left.saveFailures += right.saveFailures
    left.unsavable += right.unsavable
  }

  /// Events whose key does not hold their stream together.
  public var smeared: Int64 { keyless + rekeyed }

  /// Records that ended in a disposition.
  public var answered: Int64 { predicted + late + duplicate + deadLettered }

  /// What is left of restoring partitions, in words.
  private var restorationLeft: String {
    "\(restoringRecords) records left, \(filledStreams) models read from changelogs, "
      + "\(modelsToLoad) to load"
  }

  /// Counts one record's disposition.
  mutating func count(_ disposition: Processor.Disposition) {
    switch disposition {
    case .predicted: predicted += 1
    case .late: late += 1
    case .duplicate: duplicate += 1
    case .deadLettered: deadLettered += 1
    case .elsewhere, .known: break
    }
  }

  /// What was done, in a line; as a rate where it is given since when.
  public func summary(since earlier: Counters? = nil, seconds: Int = 1) -> String {
    let rate = earlier.map { " (\((received - $0.received) / Int64(max(seconds, 1))) a second)" }
    return "\(received) records\(rate ?? ""), \(predicted) predicted, \(late) late, "
      + "\(duplicate) duplicate, \(deadLettered) dead letters, \(anomalies) anomalies, "
      + "\(drifts) drifts, \(streams) streams, \(commits) commits, \(aborts) aborts"
      + (restoring > 0 ? ", \(restoring) partitions to restore: \(restorationLeft)" : "")
  }
}
