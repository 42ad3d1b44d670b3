import Evaluation
import Foundation
import Pipeline
import Testing

@Suite struct SavedModelTests {
  private static let kind = SavedModel.Kind(
    numerics: 7, definition: 0x0123_4567_89AB_CDEF, blockByteCount: 128)
  private static let key = Array("plant-a/s-0001".utf8)
  private static let block = (0..<128).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }

  /// The saved form of the block above, as this version writes it.
  private func form() -> [UInt8] {
    let origin = Origin(cluster: "", topic: "t", partition: 0, group: "g")
    let manifest = Manifest(
      watermark: 0, committed: 0, lineage: Lineage(start: 0, definition: 0, numerics: 7),
      origin: origin)
    var slice = Slice(TopicPartition(topic: 0, partition: 0), manifest: manifest)
    unsafe Self.block.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe slice.append(
        SavedModel(kind: Self.kind, lastOffset: 4711, block: start), key: Self.key.span)
    }
    let written = slice
    let form = written.form(at: 0)
    var bytes: [UInt8] = []
    for index in form.indices { bytes.append(form[index]) }
    return bytes
  }

  /// The block in a saved form.
  private func read(
    _ form: [UInt8], key: [UInt8] = key, kind: SavedModel.Kind = kind
  ) throws -> [UInt8] {
    var block = [UInt8](repeating: 0, count: kind.blockByteCount)
    try unsafe block.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe try SavedModel.read(form.span, key: key.span, kind: kind, into: start)
    }
    return block
  }

  /// The file of a version, written when that version was the newest.
  private func golden(_ version: UInt16) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Array(Data(contentsOf: folder.appending(path: "Fixtures/saved-\(version).bin")))
  }

  @Test func everyVersionThatWasEverWrittenIsRead() throws {
    for version in 1...SavedModel.version {
      #expect(try read(golden(version)) == Self.block, "version \(version)")
    }
  }

  @Test func theNewestVersionIsWrittenByteForByte() throws {
    #expect(try form() == golden(SavedModel.version))
  }

  @Test func noChangedBitGoesUnnoticed() throws {
    let form = form()
    for byte in form.indices {
      for bit in 0..<8 {
        var damaged = form
        damaged[byte] ^= 1 << bit
        #expect(throws: SavedModel.Damage.damaged, "byte \(byte), bit \(bit)") {
          try read(damaged)
        }
      }
    }
  }

  @Test func anyOtherLengthIsDamage() {
    let form = form()
    for length in 0..<form.count {
      #expect(throws: SavedModel.Damage.damaged) { try read(Array(form[..<length])) }
    }
    #expect(throws: SavedModel.Damage.damaged) { try read(form + [0]) }
  }

  @Test func noiseIsDamage() {
    var random = SplitMix64(seed: 5)
    for _ in 0..<1000 {
      let noise = (0..<Int.random(in: 0...400, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      #expect(throws: SavedModel.Damage.damaged) { try read(noise) }
      #expect(throws: SavedModel.Damage.damaged) { try read(Array("SPNM".utf8) + noise) }
    }
  }

  @Test func anotherStreamsModelIsDamage() {
    #expect(throws: SavedModel.Damage.damaged) {
      try read(form(), key: Array("plant-a/s-0002".utf8))
    }
  }

  @Test func anotherKindIsAnUnknownVersion() throws {
    var kind = Self.kind
    kind.numerics += 1
    kind.oldestNumerics = kind.numerics
    #expect(throws: SavedModel.Damage.unknownVersion) { try read(form(), kind: kind) }
    // Where the newer formulas go on from the older blocks, these are read.
    kind.oldestNumerics -= 1
    #expect(try read(form(), kind: kind) == Self.block)
    kind.blockByteCount = 192
    #expect(throws: SavedModel.Damage.unknownVersion) { try read(form(), kind: kind) }
    kind = Self.kind
    kind.definition += 1
    #expect(throws: SavedModel.Damage.unknownVersion) { try read(form(), kind: kind) }
    kind = Self.kind
    kind.blockByteCount = 64
    #expect(throws: SavedModel.Damage.unknownVersion) { try read(form(), kind: kind) }
  }
}
