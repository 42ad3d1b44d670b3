import Pipeline
import SPN
import Testing

struct MemoryEstimateTests {
  private func estimate(_ text: String) throws -> MemoryEstimate {
    MemoryEstimate(
      of: try Definition.parse(Array(text.utf8), file: "plant.yaml", environment: [:]))
  }

  @Test func aStreamTakesItsBlockAndWhatIsBeside() throws {
    let estimate = try estimate(minimal)
    let layout = StreamLayout(network: Network(channels: 1), channels: 1)
    #expect(estimate.blockByteCount == layout.byteCount)
    #expect(estimate.byteCount(streams: 1000) == 1000 * (layout.byteCount + 160))
  }

  @Test func memoryHoldsAsManyAsFitAndNoMore() throws {
    let estimate = try estimate(minimal + "state: {memory: 64MiB}\n")
    #expect(estimate.byteCount(streams: estimate.streamsMax) <= 56 << 20)
    #expect(estimate.byteCount(streams: estimate.streamsMax + 1) > 56 << 20)
  }

  @Test func aHorizonAndMoreChannelsTakeMore() throws {
    let one = try estimate(minimal).blockByteCount
    let far = try estimate(minimal + "model: {horizon: 24}\n").blockByteCount
    let two = try estimate(
      minimal.replacing("{value: /v}", by: "{value: /v, other: /o}")
    ).blockByteCount
    #expect(far > one)
    // Twice as much, and the messages of channels that hear each other.
    #expect(two > one && two < 2 * one + 2048)
  }
}
