/// What one worker shows of itself, a copy that it makes a few times a second.
public struct WorkerReport: Sendable {
  public var counters = Counters()
  /// Time spent on a record: a batch's time, spread evenly over its records.
  public var processing = Histogram()
  /// From a record's Kafka timestamp to the commit of its results.
  public var latency = Histogram()
  /// The time that commits took.
  public var commits = Histogram()
  /// The time that slices of models took to be written.
  public var saves = Histogram()
  public var census = Census()
  public var partitions: [PartitionReport] = []
  public var link = LinkReport()
  /// The streams that have series of their own.
  public var series: [StreamSeries] = []
  /// Whether the group has given this worker its share, which may be no partition at all.
  public var isJoined = false

  public init() {}
}

/// How far one partition is; offsets are the next ones to be read.
public struct PartitionReport: Sendable, Equatable {
  public var partition: TopicPartition
  public var position: Int64
  /// The first offset to speak about; the partition is being restored while it is ahead of
  /// `position`.
  public var speaksFrom: Int64
  /// The group's committed offset, nil where it has none.
  public var committed: Int64?
  /// Offsets that are not read yet; nil while the log's end is not known.
  public var lag: Int64?
  /// The newest event time learned, in nanoseconds since 1970; 0 before the first.
  public var eventTime: Int64
  public var streams: Int
  /// Whether saved models are still to be loaded.
  public var isLoading = false
  /// When models were last saved, in milliseconds since 1970; nil before the first time.
  public var lastSave: Int64?

  /// The models read from the changelog so far, while the store is filled from it.
  public var filled = 0
  /// The offset below which all is in the saved models; nil while there are none.
  public var watermark: Int64?
  /// What its reports so far tell, noted by the observatory.
  public internal(set) var progress = PartitionProgress()
  /// The saved models that are still to be loaded.
  public var toLoad = 0

  public var isRestoring: Bool { isLoading || position < speaksFrom }

  public init(
    partition: TopicPartition, position: Int64, speaksFrom: Int64, committed: Int64?, lag: Int64?,
    eventTime: Int64, streams: Int, isLoading: Bool = false, lastSave: Int64? = nil,
    filled: Int = 0, toLoad: Int = 0, watermark: Int64? = nil
  ) {
    self.partition = partition
    self.position = position
    self.speaksFrom = speaksFrom
    self.committed = committed
    self.lag = lag
    self.eventTime = eventTime
    self.streams = streams
    self.isLoading = isLoading
    self.lastSave = lastSave
    self.filled = filled
    self.toLoad = toLoad
    self.watermark = watermark
  }
}

/// How a partition has moved on while this process has had it.
public struct PartitionProgress: Sendable, Equatable {
  /// When a record was last seen to have been read, in milliseconds since 1970; nil before the
  /// first.
  public private(set) var lastRead: Int64?
  /// How long it took to be restored last, in nanoseconds; nil until it is.
  public private(set) var restored: UInt64?
  /// Since when it is being restored, in nanoseconds of the monotonic clock.
  private var restoring: UInt64?

  /// Compares a report with the one before; nil where the partition has only just been given.
  ///
  /// - Parameters:
  ///   - monotonic: nanoseconds of the monotonic clock.
  ///   - now: milliseconds since 1970.
  mutating func advance(
    from old: PartitionReport?, to new: PartitionReport, monotonic: UInt64, now: Int64
  ) {
    self = old?.progress ?? PartitionProgress()
    if let old, old.position < new.position { lastRead = now }
    if new.isRestoring {
      restoring = restoring ?? monotonic
    } else if let since = restoring {
      restored = monotonic &- since
      restoring = nil
    } else if old == nil {
      restored = 0
    }
  }
}

/// What a worker's consumer and producer have done since they were made.
public struct LinkReport: Sendable, Equatable {
  public var recordsRead: UInt64 = 0
  public var bytesRead: UInt64 = 0
  public var recordsWritten: UInt64 = 0
  public var bytesWritten: UInt64 = 0
  /// How often the worker was given partitions: rebalances and rewinds.
  public var assignments: UInt64 = 0
  /// Results that the cluster did not take.
  public var deliveryFailures: UInt64 = 0
  /// What went wrong with the consumer's and the producer's connections and requests.
  public var receivingErrors: UInt64 = 0
  public var sendingErrors: UInt64 = 0
  /// Messages that were fetched and not read yet, and those that wait for their delivery.
  public var receivingQueue: Int64 = 0
  public var sendingQueue: Int64 = 0

  public init() {}

  /// Adds another worker's figures.
  public static func += (left: inout LinkReport, right: LinkReport) {
    left.recordsRead += right.recordsRead
    left.bytesRead += right.bytesRead
    left.recordsWritten += right.recordsWritten
    left.bytesWritten += right.bytesWritten
    left.assignments += right.assignments
    left.deliveryFailures += right.deliveryFailures
    left.receivingErrors += right.receivingErrors
    left.sendingErrors += right.sendingErrors
    left.receivingQueue += right.receivingQueue
    left.sendingQueue += right.sendingQueue
  }
}

/// Streams by the state that they are in.
public struct Census: Sendable, Equatable {
  /// Streams that have not had the events of their warm-up.
  public var learning: Int64 = 0
  /// Streams without an open anomaly.
  public var steady: Int64 = 0
  /// Streams with an open anomaly.
  public var anomalous: Int64 = 0

  public init() {}

  /// Adds another worker's streams.
  public static func += (left: inout Census, right: Census) {
    left.learning += right.learning
    left.steady += right.steady
    left.anomalous += right.anomalous
  }
}
