/// Some of a partition's models, for somebody who takes all of them one page after the other.
public struct ModelPage: Sendable {
  /// In the order of their names, but for the streams of a group, which follow its first page.
  public var models: [ArchivedModel]
  /// What to ask for next; nil at the end.
  public var next: Request?

  public init(models: [ArchivedModel], next: Request? = nil) {
    self.models = models
    self.next = next
  }

  /// Which page is wanted.
  public struct Request: Sendable {
    public let partition: TopicPartition
    /// Bytes of the models that are read, or saved, for a page; those that a group lacks go beyond.
    let byteCount: Int
    /// The offset that the models must be saved up to; nil at first: whatever is committed then.
    var since: Int64?
    /// The place in the store after which the page begins; nil for the first.
    var place: [UInt8]?
    /// The keys of models that are after that place and were in a page already.
    var ahead: Set<[UInt8]> = []

    /// The first page.
    public init(of partition: TopicPartition, byteCount: Int = 4 << 20) {
      self.partition = partition
      self.byteCount = byteCount
    }
  }
}
