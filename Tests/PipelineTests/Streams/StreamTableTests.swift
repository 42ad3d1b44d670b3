import Pipeline
import Testing

@Suite struct StreamTableTests {
  @Test func aKeyKeepsItsBlockWhileTheTableGrows() {
    var table = StreamTable(blockByteCount: 64)
    for number in 0..<5000 {
      let key = Array("stream-\(number)".utf8)
      let stream = table.stream(for: key.span)
      #expect(stream == number)
      unsafe table.block(of: stream).storeBytes(of: number, as: Int.self)
    }
    #expect(table.count == 5000)
    for number in (0..<5000).reversed() {
      let key = Array("stream-\(number)".utf8)
      let stream = table.stream(for: key.span)
      #expect(unsafe table.block(of: stream).load(as: Int.self) == number)
      #expect(String(decoding: bytes(table.key(of: stream)), as: UTF8.self) == "stream-\(number)")
    }
    #expect(table.count == 5000)
  }

  @Test func newBlocksAreZeroAndAligned() {
    var table = StreamTable(blockByteCount: 192)
    for number in 0..<600 {
      let stream = table.stream(for: Array("\(number)".utf8).span)
      let block = unsafe UnsafeRawBufferPointer(start: table.block(of: stream), count: 192)
      #expect(unsafe block.allSatisfy { $0 == 0 })
      #expect(unsafe UInt(bitPattern: table.block(of: stream)).isMultiple(of: 64))
      unsafe table.block(of: stream).storeBytes(of: .max, as: UInt64.self)
    }
  }

  @Test func keysThatDifferInLengthOrLastByteAreDifferentStreams() {
    var table = StreamTable(blockByteCount: 64)
    let keys = ["", "a", "ab", "abcdefgh", "abcdefghi", "abcdefghj", "abcdefg\u{0}", "abcdefg"]
    let streams = keys.map { table.stream(for: Array($0.utf8).span) }
    #expect(Set(streams).count == keys.count)
    #expect(streams == keys.map { table.stream(for: Array($0.utf8).span) })
  }

  private func bytes(_ span: Span<UInt8>) -> [UInt8] {
    span.indices.map { span[$0] }
  }
}
