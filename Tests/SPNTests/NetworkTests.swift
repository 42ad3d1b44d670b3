import SPN
import Testing

@Suite struct NetworkTests {
  @Test func aBlockIsAMultipleOfACacheLine() {
    #expect(Network(channels: 1).blockByteCount.isMultiple(of: 64))
  }
}
