import Evaluation
import Glibc
import Pipeline
import SPN

/// `spnd bench model`: one event through the network, by how many streams there are.
func runModelBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let network = Network(channels: 1)
  let most = max(20_000, ResourceUsage.availableBytes() / 2 / network.blockByteCount)
  let sizes = settings.streams.map { [$0] } ?? [1, 10_000, min(1_000_000, most)]
  let progress = ProgressLine(
    total: sizes.count * (settings.runs + 1), what: "model", isQuiet: settings.isQuiet)
  var rows: [BenchRow] = []
  for size in sizes {
    var bench = ModelBench(network: network, streams: size)
    var times: [Double] = []
    for run in 0..<settings.runs {
      progress.update(rows.count * (settings.runs + 1) + run + 1)
      times.append(bench.measure())
    }
    rows.append(bench.row(Sample(times)))
  }
  progress.finish("model")
  return rows
}

/// Streams of models that have already learned, visited in random order.
private struct ModelBench: ~Copyable {
  /// Events of one run.
  private static let eventCount = 500_000
  /// Models that learn from the start; all others are copies of one of them.
  private static let patternCount = 32
  /// Events that a pattern learns.
  private static let patternEvents = 1500

  private let network: Network
  private let streams: Int
  private var table: StreamTable
  private let events: BenchEvents
  private var random = SplitMix64(seed: 7)
  private var order: [Int32]
  private let residentBytes: Int
  private var index: Int
  private var allocations: UInt64 = 0
  private var checksum = 0.0

  init(network: Network, streams: Int) {
    self.network = network
    self.streams = streams
    let before = ResourceUsage.residentBytes()
    table = StreamTable(pool: BlockPool(blockByteCount: network.blockByteCount))
    events = BenchEvents(streams: streams)
    index = Self.patternEvents * streams
    Self.fill(&table, network, events, streams)
    residentBytes = ResourceUsage.residentBytes() - before
    order = Array(repeating: 0, count: Self.eventCount)
  }

  /// Teaches the first streams and copies them to the others.
  private static func fill(
    _ table: inout StreamTable, _ network: Network, _ events: borrowing BenchEvents, _ streams: Int
  ) {
    for stream in 0..<streams {
      let key = Array("stream-\(stream)".utf8)
      precondition(table.stream(for: key.span).stream == stream)
      let block = unsafe table.block(of: stream)
      guard stream < patternCount else {
        let pattern = unsafe table.block(of: stream % patternCount)
        unsafe block.copyMemory(from: pattern, byteCount: network.blockByteCount)
        continue
      }
      var model = unsafe StreamModel(network, borrowing: block)
      for event in 0..<patternEvents {
        let index = event * streams
        _ = observe(&model, events.number(stream: stream, index: index), index: index, streams)
      }
    }
  }

  private static func observe(
    _ model: inout StreamModel, _ value: Double, index: Int, _ streams: Int,
    pause: () -> Void = {}
  ) -> Float {
    // Each stream has an event every five minutes, whatever the number of streams.
    let nanoseconds = Int64(Double(index) / Double(streams) * 300e9)
    let time = ModelTime(nanoseconds: 1_700_000_000_000_000_000 + nanoseconds)
    let values: InlineArray<1, Double> = [value]
    var outcomes: InlineArray<1, Outcome> = [Outcome()]
    var span = outcomes.mutableSpan
    model.observe(values.span, at: time, into: &span, pause: pause)
    return outcomes[0].score
  }

  /// Nanoseconds of CPU for each event of one run.
  mutating func measure() -> Double {
    for place in order.indices { order[place] = Int32(random.next() % UInt64(streams)) }
    let allocated = AllocationCount.own
    let start = ResourceUsage.threadNanoseconds()
    for place in order.indices {
      let stream = Int(order[place])
      var next = Prefetch()
      if place + 1 < order.count { next = table.prefetch(Int(order[place + 1])) }
      var model = unsafe StreamModel(network, borrowing: table.block(of: stream))
      let value = events.number(stream: stream, index: index)
      let score = Self.observe(&model, value, index: index, streams) { table.advance(&next) }
      checksum += Double(score)
      index += 1
    }
    let time = ResourceUsage.threadNanoseconds() - start
    allocations += AllocationCount.own - allocated
    return Double(time) / Double(order.count)
  }

  func row(_ times: Sample) -> BenchRow {
    var row = BenchRow()
    row.add("streams", streams)
    row.add("ns_per_event", times)
    row.add("bytes_per_stream", network.blockByteCount)
    row.add("resident_bytes_per_stream", residentBytes / streams)
    row.add("allocations_per_event", Double(allocations) / Double(index))
    row.add("mean_score", checksum / Double(max(1, index - Self.patternEvents * streams)))
    return row
  }
}
