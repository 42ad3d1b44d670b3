import Pipeline
import Testing

@Suite struct StreamTableTests {
  @Test func aKeyKeepsItsBlockWhileTheTableGrows() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 64))
    for number in 0..<5000 {
      let key = Array("stream-\(number)".utf8)
      let stream = table.stream(for: key.span).stream
      #expect(stream == number)
      unsafe table.block(of: stream).storeBytes(of: number, as: Int.self)
    }
    #expect(table.count == 5000)
    for number in (0..<5000).reversed() {
      let key = Array("stream-\(number)".utf8)
      let stream = table.stream(for: key.span).stream
      #expect(unsafe table.block(of: stream).load(as: Int.self) == number)
      #expect(String(decoding: bytes(table.key(of: stream)), as: UTF8.self) == "stream-\(number)")
    }
    #expect(table.count == 5000)
  }

  @Test func bringingABlockNearChangesNothingWhateverHappensMeanwhile() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 8192))
    let known = Array("known".utf8)
    let stream = table.stream(for: known.span).stream
    unsafe table.block(of: stream).storeBytes(of: 7, as: Int.self)
    for steps in 0..<6 {
      var near = table.prefetch(hash: hashBytes(known.span))
      var unknown = table.prefetch(hash: hashBytes(Array("unknown-\(steps)".utf8).span))
      for _ in 0..<steps {
        table.advance(&near)
        table.advance(&unknown)
      }
      // The table grows, so that the places that were looked up hold others, or nothing.
      for number in 0..<200 {
        _ = table.stream(for: Array("\(steps)-\(number)".utf8).span)
      }
      let count = table.count
      table.finish(&near)
      table.finish(&unknown)
      #expect(table.count == count)
      #expect(table.find(Array("unknown-\(steps)".utf8).span) == nil)
    }
    #expect(table.find(known.span) == stream)
    #expect(unsafe table.block(of: stream).load(as: Int.self) == 7)
  }

  @Test func newBlocksAreZeroAndAligned() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 192))
    for number in 0..<600 {
      let stream = table.stream(for: Array("\(number)".utf8).span).stream
      let block = unsafe UnsafeRawBufferPointer(start: table.block(of: stream), count: 192)
      #expect(unsafe block.allSatisfy { $0 == 0 })
      #expect(unsafe UInt(bitPattern: table.block(of: stream)).isMultiple(of: 64))
      unsafe table.block(of: stream).storeBytes(of: .max, as: UInt64.self)
    }
  }

  @Test func keysThatDifferInLengthOrLastByteAreDifferentStreams() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 64))
    let keys = ["", "a", "ab", "abcdefgh", "abcdefghi", "abcdefghj", "abcdefg\u{0}", "abcdefg"]
    let streams = keys.map { table.stream(for: Array($0.utf8).span).stream }
    #expect(Set(streams).count == keys.count)
    #expect(streams == keys.map { table.stream(for: Array($0.utf8).span).stream })
  }

  @Test func whatLeavesGivesItsBlockBackAndWhatStaysIsFound() {
    let pool = BlockPool(blockByteCount: 64)
    var table = StreamTable(pool: pool)
    var known: [String: Int] = [:]
    // Keys of many lengths, so that they are packed anew more than once.
    for number in 0..<20_000 {
      let key = String(repeating: "k", count: number % 40) + "\(number)"
      known[key] = table.stream(for: Array(key.utf8).span).stream
      guard number >= 100, let victim = table.takeVictim() else { continue }
      let name = String(decoding: bytes(table.key(of: victim)), as: UTF8.self)
      #expect(known.removeValue(forKey: name) == victim)
      table.remove(victim)
    }
    #expect(table.count == 100)
    #expect(pool.count == 100)
    for (key, stream) in known {
      let found = table.stream(for: Array(key.utf8).span)
      #expect(found.stream == stream && !found.isNew)
    }
  }

  @Test func aFloodOfNewKeysLeavesBeforeStreamsThatReturn() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 64))
    let hot = (0..<50).map { table.stream(for: Array("hot-\($0)".utf8).span).stream }
    for number in 0..<50 { _ = table.stream(for: Array("hot-\(number)".utf8).span) }
    for number in 0..<10_000 {
      if number.isMultiple(of: 10) {
        let key = Array("hot-\(number / 10 % 50)".utf8)
        #expect(!table.stream(for: key.span).isNew)
      }
      _ = table.stream(for: Array("flood-\(number)".utf8).span)
      while table.count > 200, let victim = table.takeVictim() { table.remove(victim) }
    }
    for number in 0..<50 {
      #expect(table.stream(for: Array("hot-\(number)".utf8).span).stream == hot[number])
    }
  }

  @Test func changesAreTakenInTheOrderInWhichTheyCame() {
    var table = StreamTable(pool: BlockPool(blockByteCount: 64))
    for (offset, key) in ["a", "b", "a", "c"].enumerated() {
      table.noteChange(table.stream(for: Array(key.utf8).span).stream, at: Int64(offset))
    }
    #expect(table.changedCount == 3)
    let (a, b) = (table.takeChanged(), table.firstChange)
    #expect(a == 0 && b == 1)
    // Saved out of turn, and changed again.
    table.clearChange(1)
    table.noteChange(1, at: 9)
    let order = [table.firstChange, table.takeChanged().map(Int64.init), table.firstChange]
    #expect(order == [3, 2, 9])
    #expect(table.changedCount == 1)
  }

  private func bytes(_ span: Span<UInt8>) -> [UInt8] {
    span.indices.map { span[$0] }
  }
}
