import Evaluation
import Pipeline

/// An endless series of JSON events of 150 bytes, each of a stream drawn at random: a wave of the
/// stream's own height, and noise.
struct BenchEvents: ~Copyable {
  /// The bytes of one event.
  static let byteCount = 150
  /// Milliseconds of the first event since 1970.
  private static let start = 1_700_000_000_000

  let streams: Int
  /// Events made so far.
  private(set) var count = 0
  private var random: SplitMix64
  private let waves: [Double]
  private let noise: [Double]
  private(set) var value = ByteBuffer(capacity: 256)
  private(set) var key = ByteBuffer(capacity: 64)
  /// The last event's stream.
  private(set) var stream = 0

  init(streams: Int, seed: UInt64 = 1) {
    self.streams = streams
    var random = SplitMix64(seed: seed)
    waves = (0..<4096).map { _ in random.uniform(in: -2...2) }
    noise = (0..<65_536).map { _ in random.normal() * 0.3 }
    self.random = random
  }

  /// The value of a stream at its `index`-th event of the series.
  func number(stream: Int, index: Int) -> Double {
    let phase = Double((index / streams + stream) % 288) / 144 - 1
    let wave = 4 * phase * (1 - abs(phase)) * waves[stream & 4095]
    return 20 + wave + noise[(index &* 0x9E37_79B1 >> 8) & 65_535]
  }

  /// Makes the next event: its key and value are in the buffers until the one after.
  mutating func advance() {
    stream = Int(random.next() % UInt64(streams))
    let number = (number(stream: stream, index: count) * 10_000).rounded() / 10_000
    key.removeAll()
    key.append("sensor-")
    key.append(integer: Int64(1_000_000 + stream))
    value.removeAll()
    value.append("{\"site\":\"plant-07\",\"sensor\":\"")
    value.append(key)
    value.append("\",\"ts\":")
    value.append(integer: Int64(Self.start + count))
    value.append(",\"quality\":\"good\",\"unit\":\"celsius\",\"t\":")
    _ = value.append(number: number)
    value.append(",\"note\":\"")
    while value.count < Self.byteCount - 2 { value.append(UInt8(ascii: ".")) }
    value.append("\"}")
    count += 1
  }

  /// A definition that reads these events.
  static func definition(
    topic: String = "events", output: String = "predictions", brokers: String = "localhost:9092",
    group: String = "bench", state: String = "/tmp", isExactlyOnce: Bool = true,
    commitInterval: String = "100ms"
  ) throws(Failure) -> Definition {
    let text = """
      pipeline: bench
      kafka: {bootstrap.servers: "\(brokers)", group.id: "\(group)"}
      input:
        topics: ["\(topic)"]
        stream: [/site, /sensor]
        time: {path: /ts, unit: ms}
        values: {t: /t}
      output:
        predictions: {topic: "\(output)"}
        dead-letters: {topic: "\(output)-dead"}
      processing:
        guarantee: \(isExactlyOnce ? "exactly_once" : "at_least_once")
        commit-interval: \(commitInterval)
      state: {directory: "\(state)/\(group)"}
      """
    do throws(DefinitionErrors) {
      return try Definition.parse(Array(text.utf8), file: "bench", environment: [:])
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }
}
