/// What a store knows of one partition's saved models as a whole.
///
/// Kept as text, a name and a value a line, so that a person can read it and a later version can
/// add to it.
public struct Manifest: Equatable, Sendable {
  /// Every record below this offset is in the saved models.
  public var watermark: Int64
  /// The group's committed offset when models were last saved: none of them knows a record from
  /// there on.
  public var committed: Int64
  public var lineage: Lineage
  public var origin: Origin
  /// The lineage that the group's offset names until a commit names this one's: models of a new
  /// lineage are saved before that.
  public var parent: Lineage?
  /// How often an operator has changed models of the partition while its daemon worked.
  public var revision: Int64 = 0

  public init(watermark: Int64, committed: Int64, lineage: Lineage, origin: Origin) {
    self.watermark = watermark
    self.committed = committed
    self.lineage = lineage
    self.origin = origin
  }

  /// Reads what `text` wrote; nil where it is damaged or of a form that is not known.
  public init?(text: String) {
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { return nil }
      values[line[..<space]] = line[line.index(after: space)...]
    }
    guard values["form"] == "1", let watermark = values["watermark"].flatMap({ Int64($0) }),
      let committed = values["committed"].flatMap({ Int64($0) }),
      let lineage = values["lineage"].flatMap({ Lineage(text: String($0)) }),
      let cluster = values["cluster"], let topic = values["topic"],
      let partition = values["partition"].flatMap({ Int32($0) }), let group = values["group"]
    else { return nil }
    self.init(
      watermark: watermark, committed: committed, lineage: lineage,
      origin: Origin(
        cluster: String(cluster), topic: String(topic), partition: partition,
        group: String(group)))
    parent = values["parent"].flatMap { Lineage(text: String($0)) }
    revision = values["revision"].flatMap { Int64($0) } ?? 0
  }

  public var text: String {
    """
    form 1
    watermark \(watermark)
    committed \(committed)
    lineage \(lineage.text)
    cluster \(origin.cluster)
    topic \(origin.topic)
    partition \(origin.partition)
    group \(origin.group)

    """ + (parent.map { "parent \($0.text)\n" } ?? "")
      + (revision > 0 ? "revision \(revision)\n" : "")
  }
}

/// Which models these are: the same lineage and the same records give the same bytes.
///
/// Its text stands in the metadata of the committed offset, so that a store that holds models of
/// another past is never taken for this group's.
public struct Lineage: Equatable, Sendable {
  /// The offset of the first record that was learned.
  public var start: Int64
  /// A hash of what the definition says of events (`Definition.eventHash`).
  public var definition: UInt64
  /// The network's `numericsVersion`.
  public var numerics: Int32
  /// Whether the models were kept where they did not fit: nobody can learn these from the log.
  public var isKept: Bool

  public init(start: Int64, definition: UInt64, numerics: Int32, isKept: Bool = false) {
    self.start = start
    self.definition = definition
    self.numerics = numerics
    self.isKept = isKept
  }

  /// That of models which are not all there yet, and fit none.
  public static let unfinished = Lineage(start: -1, definition: 0, numerics: 0)

  /// Reads what `text` wrote.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4 && parts[3] == "kept",
      let start = Int64(parts[0]), let definition = UInt64(parts[1], radix: 16),
      let numerics = Int32(parts[2])
    else { return nil }
    self.init(
      start: start, definition: definition, numerics: numerics, isKept: parts.count == 4)
  }

  public var text: String {
    "\(start)/\(String(definition, radix: 16))/\(numerics)" + (isKept ? "/kept" : "")
  }
}

/// The partition that models belong to.
public struct Origin: Equatable, Sendable, CustomStringConvertible {
  /// The cluster's id; empty where it has none.
  public var cluster: String
  public var topic: String
  public var partition: Int32
  public var group: String

  public init(cluster: String, topic: String, partition: Int32, group: String) {
    self.cluster = cluster
    self.topic = topic
    self.partition = partition
    self.group = group
  }

  public var description: String {
    "\(topic)[\(partition)] of group \(group)" + (cluster.isEmpty ? "" : " in cluster \(cluster)")
  }
}
