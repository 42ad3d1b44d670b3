internal import Pipeline

/// One metric of a pipeline: its name, what it means, and how it is read from a pipeline's state.
struct Metric: Sendable {
  /// What a metric's samples are.
  enum Reading: Sendable {
    case counter(@Sendable (PipelineState) -> [Sample])
    case gauge(@Sendable (PipelineState) -> [Sample])
    case histogram(@Sendable (PipelineState) -> Histogram)
  }

  /// One value with the labels that set it apart.
  struct Sample {
    var labels: [Exposition.Label] = []
    var value: Double

    init(_ value: Double, _ labels: [Exposition.Label] = []) {
      self.value = value
      self.labels = labels
    }
  }

  let name: String
  let help: String
  let reading: Reading

  /// Writes the metric for all pipelines.
  func write(_ pipelines: [PipelineState], into text: inout Exposition) {
    switch reading {
    case .counter(let samples):
      text.begin(name, .counter, help: help)
      write(samples, pipelines, named: name + "_total", into: &text)
    case .gauge(let samples):
      text.begin(name, .gauge, help: help)
      write(samples, pipelines, named: name, into: &text)
    case .histogram(let read):
      text.begin(name, .histogram, help: help)
      for pipeline in pipelines {
        text.histogram(name, [("pipeline", pipeline.name)], read(pipeline))
      }
    }
  }

  private func write(
    _ samples: (PipelineState) -> [Sample], _ pipelines: [PipelineState], named name: String,
    into text: inout Exposition
  ) {
    for pipeline in pipelines {
      for sample in samples(pipeline) {
        text.sample(name, [("pipeline", pipeline.name)] + sample.labels, sample.value)
      }
    }
  }

  /// A counter with one value.
  static func count(
    _ name: String, _ help: String, _ value: @escaping @Sendable (PipelineState) -> Int64
  )
    -> Metric
  {
    Metric(name: name, help: help, reading: .counter { [Sample(Double(value($0)))] })
  }

  /// A counter whose one value is no whole number.
  static func sum(
    _ name: String, _ help: String, _ value: @escaping @Sendable (PipelineState) -> Double
  ) -> Metric {
    Metric(name: name, help: help, reading: .counter { [Sample(value($0))] })
  }

  /// A counter with a value for each of a label's.
  static func counts(
    _ name: String, _ help: String, by label: String,
    _ values: @escaping @Sendable (PipelineState) -> [(name: String, count: Int64)]
  ) -> Metric {
    Metric(
      name: name, help: help,
      reading: .counter { values($0).map { Sample(Double($0.count), [(label, $0.name)]) } })
  }

  /// A gauge with a value for each of a label's.
  static func gauges(
    _ name: String, _ help: String, by label: String,
    _ values: @escaping @Sendable (PipelineState) -> [(name: String, count: Int64)]
  ) -> Metric {
    Metric(
      name: name, help: help,
      reading: .gauge { values($0).map { Sample(Double($0.count), [(label, $0.name)]) } })
  }

  /// A gauge with one value; nil leaves it out.
  static func gauge(
    _ name: String, _ help: String, _ value: @escaping @Sendable (PipelineState) -> Double?
  )
    -> Metric
  {
    Metric(name: name, help: help, reading: .gauge { value($0).map { [Sample($0)] } ?? [] })
  }

  /// A gauge with a value for each partition that a worker of this process has now.
  static func partitions(
    _ name: String, _ help: String, _ value: @escaping @Sendable (PartitionReport) -> Double?
  ) -> Metric {
    Metric(
      name: name, help: help,
      reading: .gauge { state in
        state.partitions.compactMap { partition in
          value(partition).map { Sample($0, state.labels(of: partition.partition)) }
        }
      })
  }

  /// A gauge with a value for each stream that has series of its own; named as vmanomaly's are, so
  /// that its dashboards and rules work.
  static func series(
    _ name: String, _ help: String, _ value: @escaping @Sendable (StreamSeries) -> Double
  ) -> Metric {
    Metric(
      name: name, help: help,
      reading: .gauge { state in
        state.series.map { series in
          let stream = String(decoding: series.stream, as: UTF8.self)
          return Sample(value(series), [("stream", stream), ("channel", series.channel)])
        }
      })
  }

  /// A histogram of durations.
  static func durations(
    _ name: String, _ help: String, _ value: @escaping @Sendable (PipelineState) -> Histogram
  ) -> Metric {
    Metric(name: name, help: help, reading: .histogram(value))
  }
}

/// What one scrape sees of a pipeline: the sums over its workers, all of one moment.
struct PipelineState {
  let name: String
  let definition: Definition
  let reload: ReloadReport
  let workers: Int
  /// The workers that the group has given their share.
  let joined: Int
  let isReady: Bool
  /// How long a partition has stood still with records to read, in seconds.
  let stallSeconds: Double
  /// What saved models take; nil where there are none.
  let disk: StateDisk?
  private(set) var counters = Counters()
  private(set) var census = Census()
  private(set) var link = LinkReport()
  private(set) var processing = Histogram()
  private(set) var latency = Histogram()
  private(set) var commits = Histogram()
  private(set) var saves = Histogram()
  private(set) var partitions: [PartitionReport] = []
  /// The streams that have series of their own, as many as the definition allows.
  private(set) var series: [StreamSeries] = []

  init(_ observatory: Observatory, now: UInt64) {
    let reports = observatory.reports
    definition = observatory.definition
    name = definition.pipeline
    reload = observatory.reload
    workers = reports.count
    joined = reports.count(where: \.isJoined)
    isReady = observatory.isReady(now: now)
    stallSeconds = Double(observatory.stall(now: now)) * 1e-9
    disk = StateDisk(definition)
    for report in reports {
      counters += report.counters
      census += report.census
      link += report.link
      processing += report.processing
      latency += report.latency
      commits += report.commits
      saves += report.saves
      partitions += report.partitions
      series += report.series
    }
    series = Array(series.prefix(definition.http.streams * definition.input.values.count))
    partitions.sort {
      ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition)
    }
  }

  /// The labels of a partition's samples.
  func labels(of partition: TopicPartition) -> [Exposition.Label] {
    [
      ("topic", definition.input.topics[Int(partition.topic)]),
      ("partition", "\(partition.partition)"),
    ]
  }
}
