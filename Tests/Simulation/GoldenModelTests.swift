import Foundation
import Pipeline
import SPN
import Synchronization
import Testing

/// Models that were saved when a version of the network was the newest, one file a version: what
/// the simulation's pipeline had learned of a stream by then, as `spnd streams export` writes it.
///
/// `SPND_GOLDEN=1 swift test -c release --disable-xctest --filter GoldenModelTests` writes that of
/// this version, which must be done anew when its block's layout changes before it is released.
@Suite struct GoldenModelTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")
  private let place = TopicPartition(topic: 0, partition: 0)
  /// The records that it learned from.
  private let input = Array(makeInput(seed: 51, partitions: 1, records: 400)[0].prefix(200))

  init() throws {
    guard ProcessInfo.processInfo.environment["SPND_GOLDEN"] != nil else { return }
    let cluster = SimulatedCluster(partitions: [input], seed: 1, faults: .init())
    let disk = SimulatedDisk()
    try run(on: cluster, disk)
    let (key, form) = try #require(
      disk.partitions[place]?.models.min { $0.key.lexicographicallyPrecedes($1.key) })
    var writer = JSONWriter()
    ArchivedModel(topic: "sensors", partition: 0, key: key, form: form).write(into: &writer)
    let bytes = writer.bytes
    try Data(bytes.indices.map { bytes[$0] }).write(
      to: Self.file(Network.numericsVersion), options: .atomic)
  }

  private static func file(_ numerics: Int32) -> URL {
    folder.appending(path: "numerics-\(numerics).ndjson")
  }

  /// The versions that have a file.
  private static func versions() throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path()).compactMap { name in
      name.firstMatch(of: /^numerics-(\d+)\.ndjson$/).flatMap { Int32($0.1) }
    }.sorted()
  }

  private func golden(_ numerics: Int32) throws -> ArchivedModel {
    let bytes = try Array(Data(contentsOf: Self.file(numerics)))
    return try #require(try ArchivedModel.read(bytes.span).get().first)
  }

  /// Works until all is answered and saved, then dies.
  @discardableResult
  private func run(
    on cluster: SimulatedCluster, _ disk: SimulatedDisk, log: Journal = historyLog
  ) throws -> Counters {
    let worker = try Worker(on: cluster, disk, batch: 20, log: log)
    let end = Int64(cluster.partitions[0].count)
    while !cluster.isDone || disk.watermark(of: place) != end { try worker.step() }
    worker.die()
    cluster.leave(worker.member)
    return worker.counters
  }

  private func number<Value: FixedWidthInteger>(
    _ form: [UInt8], at start: Int, as type: Value.Type
  ) -> Value {
    (0..<(Value.bitWidth / 8)).reduce(0) {
      $0 | Value(truncatingIfNeeded: form[start + $1]) << ($1 * 8)
    }
  }

  @Test("each version's file is as the form is documented, byte for byte around the block")
  func envelope() throws {
    let versions = try Self.versions()
    #expect(
      versions.last == Network.numericsVersion,
      "numerics version \(Network.numericsVersion) has no file; SPND_GOLDEN=1 writes it")
    for version in versions {
      let model = try golden(version)
      let form = model.form
      #expect(model.key == Array("s0-0".utf8))
      #expect(Array(form[0..<4]) == Array("SPNM".utf8))
      #expect(number(form, at: 4, as: UInt16.self) == 1)
      #expect(number(form, at: 6, as: UInt16.self) == 0)
      #expect(number(form, at: 8, as: Int32.self) == version)
      #expect(Int(number(form, at: 12, as: UInt32.self)) == form.count - 40)
      #expect(number(form, at: 16, as: UInt64.self) == (try simulatedDefinition().eventHash))
      // The stream's last record.
      #expect(number(form, at: 24, as: Int64.self) == lastOffset(of: "s0-0"))
      let sum = checksum(form.dropLast(8), of: model.key)
      #expect(number(form, at: form.count - 8, as: UInt64.self) == sum)
    }
  }

  /// The last record that changed what is known of a stream: those that are no event of its, and
  /// repeated ones, do not.
  private func lastOffset(of stream: String) -> Int64 {
    let last = input.lastIndex { record in
      let text = String(decoding: record.value ?? [], as: UTF8.self)
      return text.hasSuffix("}") && text.contains("\"s\":\"\(stream)\"")
    }
    return Int64(last ?? -1)
  }

  private func checksum(_ form: ArraySlice<UInt8>, of key: [UInt8]) -> UInt64 {
    hashBytes(key.span) &* 0x9FB2_1C65_1E98_DF25 ^ hashBytes(Array(form).span)
  }

  @Test("the newest version's file is read, and says what its stream had learned")
  func newest() throws {
    let model = try golden(Network.numericsVersion)
    let reader = SavedModelReader(try simulatedDefinition())
    let found = reader.summary(of: model.form.span, key: model.key.span, in: place)
    let summary = try #require(
      found,
      "the layout has changed; SPND_GOLDEN=1 writes the file anew while it is not released")
    #expect(summary.events > 30 && summary.events < 60)
    #expect(summary.lastTime % 300_000_000_000 == 1_700_000_000_000_000_000 % 300_000_000_000)
    let explained = reader.explanation(
      of: model.form.span, key: model.key.span, in: place, channel: 0)
    #expect(explained?.isEmpty == false)
  }

  @Test("a version's models are read where its formulas go on from them, and by no other")
  func compatibility() throws {
    for version in try Self.versions() {
      let model = try golden(version)
      let count = model.form.count - SavedModel.overhead
      func read(_ numerics: Int32, oldest: Int32) throws -> Int32 {
        let kind = SavedModel.Kind(
          numerics: numerics, definition: try simulatedDefinition().eventHash,
          blockByteCount: count, oldestNumerics: oldest)
        var block = [UInt8](repeating: 0, count: count)
        return try unsafe block.withUnsafeMutableBytes { bytes in
          guard let start = bytes.baseAddress else { return -1 }
          return unsafe try SavedModel.read(
            model.form.span, key: model.key.span, kind: kind, into: start)
        }
      }
      #expect(try read(version, oldest: version) == version)
      #expect(try read(version + 3, oldest: version) == version)
      #expect(throws: SavedModel.Damage.unknownVersion) {
        try read(version + 3, oldest: version + 1)
      }
      #expect(throws: SavedModel.Damage.unknownVersion) {
        try read(version - 1, oldest: version - 2)
      }
    }
  }

  /// Whether all models are of an older version, by the manifest, or only the one in the file.
  @Test(
    "models of a version that is not read are learned again, or reset alone, and that is said",
    arguments: [true, false])
  func unread(all: Bool) throws {
    let messages = Mutex<[String]>([])
    let log = Journal { _, message in messages.withLock { $0.append(message.text) } }
    let cluster = SimulatedCluster(partitions: [input], seed: 1, faults: .init())
    let disk = SimulatedDisk()
    try run(on: cluster, disk)
    var model = try golden(Network.numericsVersion)
    let older = Network.numericsVersion - 1
    model.form[8] = UInt8(older)
    let sum = checksum(model.form.dropLast(8), of: model.key)
    model.form.replaceSubrange(
      (model.form.count - 8)..., with: (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
    disk.partitions[place]?.models[model.key] = model.form
    if all {
      disk.partitions[place]?.manifest?.lineage.numerics = older
      let committed = try #require(cluster.committed[place])
      var metadata = try #require(OffsetMetadata(text: committed.metadata))
      metadata.lineage.numerics = older
      cluster.committed[place]?.metadata = metadata.text
    }
    cluster.append(
      Array(makeInput(seed: 51, partitions: 1, records: 400)[0].dropFirst(200)), to: 0)
    let counters = try run(on: cluster, disk, log: log)
    let said = messages.withLock { $0 }
    let resets = cluster.results.filter { $0.text.contains("\"kind\":\"reset\"") }
    if all {
      #expect(counters.restoredStreams == 0 && counters.replayed == 200)
      #expect(
        said.contains {
          $0.contains(
            "numerics version \(older), which version \(Network.numericsVersion) does not go on from"
          )
        })
      #expect(resets.isEmpty)
    } else {
      #expect(counters.resetStreams == 1 && counters.restoredStreams == 4)
      #expect(said.contains { $0.contains("1 saved models are damaged or of an unknown version") })
      #expect(resets.count == 1 && resets.allSatisfy { $0.text.contains("\"stream\":\"s0-0\"") })
    }
  }
}
