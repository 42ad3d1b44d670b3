import Pipeline
import Storage
import Testing

@Suite struct ModelStoreTests {
  private let directory: Directory
  /// A file is opened once a process, so all stores of a test share these.
  private let files: ModelFiles
  private let place = TopicPartition(topic: 0, partition: 3)

  init() {
    directory = Directory()
    files = ModelFiles(directory: directory.path, topics: ["in"], log: Journal { _, _ in })
  }

  private func makeStore() -> ModelStore { ModelStore(files) }

  @Test func whatWasWrittenIsReadBack() throws {
    let first = makeStore()
    #expect(try first.open(place) == nil)
    // Longer than LMDB takes from 510 bytes on; lengths with a carry among them.
    let lengths = [508, 509, 510, 511, 512, 766, 767, 1022, 1023, 1024]
    let long =
      lengths.map { String(repeating: "k", count: $0) }
      + ["k1", "k2"].map {
        String(repeating: "k", count: 1022) + $0
      }
    var expected: [String: UInt8] = ["a": 1, "": 2]
    for (index, key) in long.enumerated() { expected[key] = UInt8(10 + index) }
    try write(expected, watermark: 7, to: first)
    try write(["a": 5, "b": 6], watermark: 9, to: first)
    expected["a"] = 5
    expected["b"] = 6
    let second = makeStore()
    #expect(try second.open(place) == manifest(watermark: 9))
    #expect(try models(of: second, count: 2) == expected)
    for (key, value) in expected { #expect(try find(key, in: second) == value) }
    #expect(try find("c", in: second) == nil)
    try second.clear(place)
    #expect(try second.reload(place) == nil)
    #expect(try models(of: second, count: 10) == [:])
  }

  @Test func anEmptyFormRemovesAModel() throws {
    let store = makeStore()
    _ = try store.open(place)
    try write(["a": 1, "b": 2], watermark: 7, to: store)
    var slice = Slice(place, manifest: manifest(watermark: 8))
    for key in ["a", "never"] { slice.append(form: Span(), key: Array(key.utf8).span) }
    store.write(slice)
    try expectWritten(store)
    #expect(try models(of: store, count: 10) == ["b": 2])
  }

  @Test func aFileGrowsByItself() throws {
    let store = makeStore()
    _ = try store.open(place)
    #expect(try store.count(place) == 0)
    for batch in 0..<3 { try write(10_000, from: batch * 10_000, to: store) }
    #expect(try store.count(place) == 30_000)
    #expect(try loadAll(of: store) == 30_000)
  }

  @Test func whatWasReadOfAFileDoesNotStayInMemory() throws {
    let store = makeStore()
    _ = try store.open(place)
    try write(5000, from: 0, to: store)
    #expect(try loadAll(of: store) == 5000)
    let file = "\(directory.path)/in/3.mdb"
    #expect(residentBytes(ofMapped: file) > 4 << 20)
    try write(1, from: 0, to: store)
    #expect(residentBytes(ofMapped: file) < 1 << 20)
    #expect(try find("stream-4999", in: store) == UInt8(truncatingIfNeeded: 4999))
  }

  /// Writes numbered models in one slice.
  private func write(_ count: Int, from first: Int, to store: ModelStore) throws {
    var slice = Slice(place, manifest: manifest(watermark: Int64(first)))
    for index in first..<(first + count) { slice.append(index) }
    store.write(slice)
    try expectWritten(store)
  }

  private func loadAll(of store: ModelStore) throws -> Int {
    var total = 0
    var end: [UInt8]?
    while case let lent = try store.load(place, after: &end, count: 1000, { _, _ in }), lent > 0 {
      total += lent
    }
    return total
  }

  @Test func aWorkerThatLostItsPartitionCannotWriteIt() throws {
    let old = makeStore()
    let new = makeStore()
    _ = try old.open(place)
    try write(["a": 1], watermark: 1, to: old)
    #expect(try new.open(place) == manifest(watermark: 1))
    var slice = Slice(place, manifest: manifest(watermark: 2))
    slice.append("a", 2)
    old.write(slice)
    guard case .superseded? = old.outcome(waits: true) else {
      Issue.record("another's models were written")
      return
    }
    #expect(try find("a", in: new) == 1)
  }

  @Test func aDirectoryThatCannotBeMadeIsNamed() throws {
    let files = ModelFiles(directory: "/dev/null/x", topics: ["in"], log: Journal { _, _ in })
    let error = #expect(throws: PipelineError.self) { _ = try ModelStore(files).open(place) }
    #expect(error?.code == .storage)
    #expect(error?.subject == "/dev/null/x")
  }

  @Test func aFileThatIsNoStoreIsThrownAwayAndSaidSo() throws {
    try directory.write("in/3.mdb", Array(repeating: 7, count: 10_000))
    let log = Log()
    let store = ModelStore(
      ModelFiles(directory: directory.path, topics: ["in"], log: log.journal))
    #expect(try store.open(place) == nil)
    #expect(log.lines.count == 1)
    try write(["a": 1], watermark: 1, to: store)
    #expect(try find("a", in: store) == 1)
  }

  private func manifest(watermark: Int64) -> Manifest {
    Manifest(
      watermark: watermark, committed: watermark + 5,
      lineage: Lineage(start: 0, definition: 0xABC, numerics: 1),
      origin: Origin(cluster: "c", topic: "in", partition: 3, group: "a group"))
  }

  private func write(_ models: [String: UInt8], watermark: Int64, to store: ModelStore) throws {
    var slice = Slice(place, manifest: manifest(watermark: watermark))
    for (key, value) in models { slice.append(key, value) }
    store.write(slice)
    try expectWritten(store)
  }

  private func expectWritten(_ store: ModelStore) throws {
    guard case .written? = store.outcome(waits: true) else {
      throw PipelineError(code: .storage, subject: "slice", reason: "not written")
    }
  }

  private func models(of store: ModelStore, count: Int) throws -> [String: UInt8] {
    var models: [String: UInt8] = [:]
    var lent = count
    var end: [UInt8]?
    while lent == count {
      lent = try store.load(place, after: &end, count: count) { key, form in
        models[text(key)] = try? value(of: form, key: key)
      }
    }
    return models
  }

  private func find(_ key: String, in store: ModelStore) throws -> UInt8? {
    var found: UInt8?
    _ = try store.find(Array(key.utf8).span, of: place) { form in
      found = try? value(of: form, key: Array(key.utf8).span)
    }
    return found
  }
}
