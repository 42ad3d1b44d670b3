/// What an engine tells those who watch it.
extension Engine where Link: ~Copyable {
  /// Streams that one report looks at; with more, the census takes several reports.
  private static var censusSlice: Int { 2000 }

  /// The engine's figures now; less than half a millisecond, however many streams there are.
  public mutating func report() -> WorkerReport {
    var report = WorkerReport()
    report.counters = counters
    report.processing = telemetry.processing
    report.latency = telemetry.latency
    report.commits = telemetry.commits
    report.saves = telemetry.saves
    report.isJoined = isAssigned
    report.link = link.report
    guard isAssigned else { return report }
    var slice = Self.censusSlice
    for partition in partitions {
      partition.roll.advance(
        over: partition.streams, layout: processor.layout, warmUp: definition.alerts.warmUp,
        atMost: &slice)
      report.census += partition.roll.census
      report.series += partition.series(channels: definition.input.values)
      report.partitions.append(
        PartitionReport(
          partition: partition.id, position: partition.position, speaksFrom: partition.speaksFrom,
          committed: partition.committed, lag: link.lag(of: partition.id, from: partition.position),
          eventTime: partition.roll.lastTime, streams: partition.streams.count,
          isLoading: partition.saving.isLoading, lastSave: partition.saving.lastSuccess,
          filled: partition.saving.filling?.count ?? 0, toLoad: partition.saving.toLoad,
          watermark: partition.saving.watermark < 0 ? nil : partition.saving.watermark))
    }
    return report
  }

  /// What was committed since the last time, for those who watch.
  public mutating func takeNotices() -> [Notice] { telemetry.takeNotices() }

  /// Answers what another thread asked.
  public mutating func answer(_ question: Question) throws(PipelineError) {
    do throws(PipelineError) {
      question.answer(try answer(to: question.kind))
    } catch {
      question.answer(nil)
      // What cannot be read or written now is told to who asked; learning goes on as it can.
      guard error.code == .storage else { throw error }
      log.error("\(definition.pipeline): \(error)")
    }
  }

  private mutating func answer(
    to kind: Question.Kind
  ) throws(PipelineError) -> Question.Answer? {
    switch kind {
    case .streams(let order, let count):
      var page = StreamPage(order: order, count: count)
      for partition in partitions {
        page.add(partition, layout: processor.layout, warmUp: definition.alerts.warmUp)
      }
      return .streams(page.streams)
    case .stream(let name, let channel, let after):
      return try explain(name, channel: channel, after: after).map { .explanation($0) }
    case .model(let name): return try export(name)
    case .reset(let name): return try reset(name)
    case .replace(let models): return try replace(models)
    case .page(let request): return try page(request)
    }
  }
}

/// The first streams in an order, kept while all are looked at.
struct StreamPage {
  private let order: StreamOrder
  private let count: Int
  /// The first so far, in order.
  private(set) var streams: [StreamSummary] = []

  init(order: StreamOrder, count: Int) {
    self.order = order
    self.count = max(count, 0)
  }

  /// Looks at all streams of a partition; 100,000 take about 20 ms.
  mutating func add(_ partition: Partition, layout: StreamLayout, warmUp: Int) {
    for stream in partition.streams.numbers where partition.streams.isResident(stream) {
      let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: layout)
      let state = block.state
      guard state.events > 0 else { continue }
      var summary = StreamSummary(
        name: [], partition: partition.id, events: state.events, lastTime: state.lastTime,
        score: block.score, isAnomalous: block.isAnomalous,
        isLearning: state.events <= Int64(warmUp))
      // Without its name it comes before its equals, so this throws out only what is behind.
      if streams.count >= count, let last = streams.last, last.precedes(summary, in: order) {
        continue
      }
      let name = partition.streams.key(of: stream)
      summary.name = Array(count: name.count) { name[$0] }
      insert(summary)
    }
  }

  private mutating func insert(_ summary: StreamSummary) {
    let place = streams.firstIndex { summary.precedes($0, in: order) } ?? streams.count
    streams.insert(summary, at: place)
    if streams.count > count { streams.removeLast() }
  }
}
