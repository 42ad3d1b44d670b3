import SPN
import Testing

/// The same events give the same bytes.
struct DeterminismTests {
  private func series(_ count: Int) -> [Double] {
    var noise = Noise(seed: 21)
    return (0..<count).map { i in
      if i % 97 == 50 { return .nan }
      let season = 3 * Double(i % 24 < 12 ? 1 : -1)
      return (i > 900 ? 20 : 0) + season + noise.normal() * (i > 1400 ? 4 : 1)
    }
  }

  private func digest(_ model: borrowing StreamModel) -> UInt64 {
    let bytes = model.bytes
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for i in 0..<bytes.byteCount {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self)
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash
  }

  @Test func equalEventsGiveEqualBytes() {
    let network = Network(channels: 1)
    var first = StreamModel(network)
    var second = StreamModel(network)
    let values = series(2000)
    _ = outcomes(of: values, from: 0, model: &first)
    // What lies on the stack in between must not get into the block.
    _ = outcomes(of: autoregressive(300, 0.3, seed: 1))
    _ = outcomes(of: Array(values[..<1000]), from: 0, model: &second)
    _ = second.predict(channel: 0)
    _ = second.attribution(channel: 0)
    _ = outcomes(of: Array(values[1000...]), from: 1000, model: &second)
    #expect(digest(first) == digest(second))
  }

  @Test func aCopiedBlockContinuesIdentically() {
    let network = Network(channels: 2)
    let count = network.blockByteCount
    #expect(count % 64 == 0)
    let block = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
    let copy = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
    defer {
      unsafe block.deallocate()
      unsafe copy.deallocate()
    }
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    let values = series(1600)
    func feed(_ pointer: UnsafeMutableRawPointer, _ range: Range<Int>) -> Double {
      var sum = 0.0
      for i in range {
        // A model is made anew for each event: all that matters is the block.
        var model = unsafe StreamModel(network, borrowing: pointer)
        let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
        for outcome in observe([values[i], -2 * values[i]], at: time, model: &model)
        where outcome.prediction.isFinite { sum += outcome.prediction }
      }
      return sum
    }
    _ = unsafe feed(block, 0..<800)
    unsafe copy.copyMemory(from: block, byteCount: count)
    let one = unsafe feed(block, 800..<1600)
    let two = unsafe feed(copy, 800..<1600)
    #expect(one == two)
    for i in 0..<count {
      let a = unsafe block.load(fromByteOffset: i, as: UInt8.self)
      let b = unsafe copy.load(fromByteOffset: i, as: UInt8.self)
      #expect(a == b, "byte \(i)")
      if a != b { break }
    }
  }

  /// Fails when a formula or the layout changes: then `Network.numericsVersion` must change too.
  @Test func theBytesAreThoseOfThisVersion() {
    #expect(Network.numericsVersion == 9)
    var model = StreamModel(Network(channels: 1))
    _ = outcomes(of: exactSeries(3000), from: 0, model: &model)
    #expect(digest(model) == 14_414_501_965_697_176_237)
  }

  /// A series that needs no function of the C library.
  private func exactSeries(_ count: Int) -> [Double] {
    var noise = Noise(seed: 77)
    var last = 0.0
    return (0..<count).map { i in
      last = 0.75 * last + noise.uniform() - 0.5
      return last + (i % 96 < 40 ? 4 : 0) + (i > 2000 ? 16 : 0) + (i == 1500 ? 200 : 0)
    }
  }

  @Test func theLayoutIsThatOfThisVersion() {
    let known: KeyValuePairs = [
      "spacing": 16, "normaliser": 72, "interval": 96, "neuromodulator": 376, "hourScale": 148,
      "flatRun": 24, "attention": 264, "slow": 144, "plastic": 144, "meta": 136, "synapses": 2672,
      "history": 2056, "explanation": 320, "messages": 168, "episode": 16, "evidence": 3432,
      "clock": 792, "regimes": 1280, "covariance": 4096,
    ]
    #expect(Layout.components.map(\.name) == known.map(\.key))
    #expect(Layout.components.map(\.byteCount) == known.map(\.value))
  }

  @Test func aStreamFitsItsBudget() {
    #expect(Network(channels: 1).blockByteCount <= 16_384)
    // Channels that hear each other take some more than one that hears nobody.
    let one = Network(channels: 1, isGrouped: true).blockByteCount
    #expect(one > Network(channels: 1).blockByteCount)
    let three = Network(channels: 3).blockByteCount
    #expect(three - 64 == 3 * (one - 64))
  }

  @Test func channelsDoNotDisturbEachOther() {
    let values = series(600)
    let alone = outcomes(of: values, spacing: 60)
    let components = Components.all.subtracting(.messages)
    var model = StreamModel(Network(channels: 2, components: components))
    for (i, value) in values.enumerated() {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
      let both = observe([Double(i % 7), value], at: time, model: &model)
      #expect(both[1].prediction.bitPattern == alone[i].prediction.bitPattern)
      #expect(both[1].evidence == alone[i].evidence)
    }
    #expect(model.eventCount == 600)
    #expect(model.lastTime?.nanoseconds == (epoch + 599 * 60) * 1_000_000_000)
  }

  @Test func aPredictionIsWhatTheNextEventFinds() {
    let values = autoregressive(400, 0.9, seed: 4)
    var model = StreamModel(Network(channels: 1))
    #expect(model.predict(channel: 0).prediction.isNaN)
    for (i, value) in values.enumerated() {
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
      let ahead = model.predict(channel: 0)
      let outcome = observe([value], at: time, model: &model)[0]
      guard i > 2 else { continue }
      #expect(ahead.prediction == outcome.prediction, "event \(i)")
      #expect(ahead.lower == outcome.lower && ahead.upper == outcome.upper)
    }
  }
}
