import Demo
import Glibc
import Kafka
import Pipeline

/// Produces the events of one input at its pace, never further ahead of the results than the broker
/// can remember.
struct DemoFeed: ~Copyable {
  private let source: DemoSource
  private let board: DemoBoard
  private let clock = SystemClock()
  private let inFlightMax: Int
  private var producer: Producer

  init(source: DemoSource, board: DemoBoard, inFlightMax: Int) throws(KafkaError) {
    self.source = source
    self.board = board
    self.inFlightMax = inFlightMax
    let topic = Producer.Topic(
      name: source.definition.input.topics[0],
      partitionCount: Int32(clamping: source.definition.topics.partitions), bytesMax: 1_000_000)
    producer = try Producer(
      properties: source.properties + [("linger.ms", "50")], topics: [topic], transactionalId: nil,
      log: { [board] level, line in if level <= 4 { board.keep(line.text) } })
  }

  /// Plays the plant, tick by tick, until its script's end or the word to stop.
  mutating func play(_ plant: consuming Plant, plan: Plan) throws(KafkaError) {
    var due = start()
    let names = plant.sensors.map(\.name)
    let keys = names.map { Array($0.utf8) }
    for tick in 0..<plan.ticks {
      guard waits(until: &due) else { break }
      let time = Plant.time(ofTick: tick)
      for sensor in names.indices {
        let value = plant.value(sensor: sensor, tick: tick)
        let event = Event.plant(sensor: names[sensor], milliseconds: time, value: value)
        try send(
          event, key: keys[sensor], partition: sensor, milliseconds: clock.millisecondsSince1970())
      }
      board.ticks.store(tick + 1, ordering: .relaxed)
      due += plan.tickNanoseconds
    }
    try end()
  }

  /// Reads this machine's metrics until the word to stop.
  mutating func watchMachine(host: String, interval: UInt64) throws(KafkaError) {
    var metrics = MachineMetrics()
    var due = start()
    while waits(until: &due) {
      let time = clock.millisecondsSince1970()
      let sample = metrics.sample(nanoseconds: clock.monotonicNanoseconds())
      for (index, metric) in sample.enumerated() {
        let event = Event.machine(
          host: host, metric: metric.name, milliseconds: time, value: metric.value)
        try send(
          event, key: Array("\(host)/\(metric.name)".utf8), partition: index, milliseconds: time)
      }
      due += interval
    }
    try end()
  }

  /// Waits for the pipelines and returns the time of the first event.
  private func start() -> UInt64 {
    while !board.isJoined.load(ordering: .relaxed), !board.isFeedEnding.load(ordering: .relaxed) {
      usleep(10_000)
    }
    return clock.monotonicNanoseconds()
  }

  private mutating func send(
    _ event: String, key: [UInt8], partition: Int, milliseconds: Int64
  ) throws(KafkaError) {
    let bytes = Array(event.utf8)
    try producer.append(
      to: 0, partition: Int32(truncatingIfNeeded: partition), key: key.span, value: bytes.span,
      headers: [], timestamp: milliseconds)
    source.produced.add(1, ordering: .relaxed)
  }

  /// Waits for the time to come and for room; false when it is time to end.
  private func waits(until due: inout UInt64) -> Bool {
    var isHeldUp = false
    while true {
      guard !board.isFeedEnding.load(ordering: .relaxed) else { return false }
      let now = clock.monotonicNanoseconds()
      let isFull = source.inFlight >= inFlightMax
      if now >= due, !isFull {
        // What was held up is not caught up with: the pace stays what was asked for.
        if isHeldUp || now - due > 250_000_000 { due = now }
        return true
      }
      isHeldUp = isHeldUp || isFull && now > due + 50_000_000
      let nap = now < due ? min(due - now, 20_000_000) : 2_000_000
      usleep(UInt32(nap / 1000) + 1)
    }
  }

  private mutating func end() throws(KafkaError) {
    let outcome = try producer.flush()
    let counters = producer.counters
    // Without transactions a failed delivery aborts the rest of its flush; what was not
    // acknowledged was not taken.
    let taken = counters.records - min(counters.records, counters.deliveryFailures)
    if outcome == .aborted {
      throw KafkaError(
        code: .cluster, subject: "topic \(source.definition.input.topics[0])",
        reason: "\(counters.deliveryFailures) events were not taken")
    }
    source.acknowledged.store(Int(taken), ordering: .relaxed)
  }
}
