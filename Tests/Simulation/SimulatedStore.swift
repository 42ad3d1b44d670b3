import Evaluation
import Pipeline

/// What outlives a process: the saved models of the partitions that one machine had.
final class SimulatedDisk {
  struct Saved {
    var manifest: Manifest?
    var models: [[UInt8]: [UInt8]] = [:]
    /// Who may write.
    var lease = 0
  }

  var partitions: [TopicPartition: Saved] = [:]

  /// The offset below which no partition needs its log any more.
  func watermark(of partition: TopicPartition) -> Int64? {
    partitions[partition]?.manifest?.watermark
  }

  /// Changes one bit of one saved model, and returns its stream.
  func damage(_ random: inout SplitMix64) -> [UInt8]? {
    let places = partitions.flatMap { partition, saved in saved.models.keys.map { (partition, $0) }
    }
    .sorted { $0.1.lexicographicallyPrecedes($1.1) }
    guard let (partition, key) = places.randomElement(using: &random),
      var bytes = partitions[partition]?.models[key]
    else { return nil }
    let index = Int.random(in: bytes.indices, using: &random)
    bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    partitions[partition]?.models[key] = bytes
    return key
  }
}

/// One worker's access to a simulated disk, which is full at times and writes when it likes.
final class SimulatedStore: Store {
  let disk: SimulatedDisk
  private let cluster: SimulatedCluster
  private var leases: [TopicPartition: Int] = [:]
  private var underWay: [Slice] = []

  init(disk: SimulatedDisk, cluster: SimulatedCluster) {
    self.disk = disk
    self.cluster = cluster
  }

  func open(_ partition: TopicPartition) -> Manifest? {
    disk.partitions[partition, default: .init()].lease += 1
    leases[partition] = disk.partitions[partition]?.lease
    return reload(partition)
  }

  func reload(_ partition: TopicPartition) -> Manifest? {
    disk.partitions[partition]?.manifest
  }

  func load(
    _ partition: TopicPartition, after place: inout [UInt8]?, count: Int,
    _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) -> Int {
    let models = disk.partitions[partition]?.models ?? [:]
    let keys = models.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let lent = keys.drop { key in place.map { !$0.lexicographicallyPrecedes(key) } ?? false }
      .prefix(count)
    for key in lent {
      let form = models[key] ?? []
      body(key.span, form.span)
    }
    place = lent.last ?? place
    return lent.count
  }

  func count(_ partition: TopicPartition) -> Int { disk.partitions[partition]?.models.count ?? 0 }

  func find(
    _ key: Span<UInt8>, of partition: TopicPartition, _ body: (Span<UInt8>) -> Void
  ) -> Bool {
    let key = key.indices.map { key[$0] }
    guard let form = disk.partitions[partition]?.models[key] else { return false }
    body(form.span)
    return true
  }

  func write(_ slice: consuming Slice) { underWay.append(slice) }

  func outcome(waits: Bool) -> SaveOutcome? {
    guard !underWay.isEmpty, waits || cluster.random.once(in: 3) else { return nil }
    let slice = underWay.removeFirst()
    if cluster.strikes(cluster.faults.disk) {
      let error = PipelineError(code: .storage, subject: "disk", reason: "full")
      return .failed(slice, error)
    }
    return apply(slice) ? .written(slice) : .superseded(slice)
  }

  func clear(_ partition: TopicPartition) {
    disk.partitions[partition]?.manifest = nil
    disk.partitions[partition]?.models = [:]
  }

  /// The process dies; of what was on its way, some may have arrived.
  func die() {
    while !underWay.isEmpty, cluster.random.once(in: 2) { _ = apply(underWay.removeFirst()) }
    underWay = []
  }

  private func apply(_ slice: Slice) -> Bool {
    let partition = slice.partition
    guard disk.partitions[partition]?.lease == leases[partition] else { return false }
    disk.partitions[partition]?.manifest = slice.manifest
    for index in 0..<slice.count {
      let key = slice.key(at: index)
      let form = slice.form(at: index)
      disk.partitions[partition]?.models[key.indices.map { key[$0] }] =
        form.isEmpty ? nil : form.indices.map { form[$0] }
    }
    return true
  }
}
