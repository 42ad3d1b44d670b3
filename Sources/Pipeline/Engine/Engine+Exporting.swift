/// All models of a partition, a page at a time, so that whoever takes them neither holds them all
/// nor keeps records waiting for long.
///
/// They are those of the store, where each group is as of one offset. What had changed when the
/// first page was asked for is saved before any is lent.
extension Engine where Link: ~Copyable {
  /// Models that are looked at together for those that a group lacks.
  private static var restCount: Int { 64 }

  /// The next page; without models while some are still to be saved. Nil where the partition is not
  /// here.
  mutating func page(_ request: ModelPage.Request) throws(PipelineError) -> Question.Answer? {
    try settleAll()
    try settleSaves(waits: false)
    guard isAssigned, let partition = partitions.first(where: { $0.id == request.partition })
    else { return nil }
    if let obstacle = obstacle(to: [partition]) { return obstacle }
    guard let store else { return nil }
    let count = max(1, request.byteCount / pool.blockByteCount)
    var next = request
    let since = request.since ?? partition.position
    next.since = since
    guard partition.saving.watermark >= since else {
      if partition.saving.underWay == nil {
        let isHere = try save(copy(partition, count: count), of: partition)
        guard isHere, partition.saving.failed == nil, !partition.saving.isForfeit else {
          return Self.notSaved
        }
      }
      return .page(ModelPage(models: [], next: next))
    }
    // What is read of a group, in several steps, is of one moment.
    if partition.groups != nil { try settleSaves(waits: true) }
    return .page(try read(next, of: partition, from: store, count: count))
  }

  private func read(
    _ request: ModelPage.Request, of partition: Partition, from store: any Store, count: Int
  ) throws(PipelineError) -> ModelPage {
    var models: [ArchivedModel] = []
    var last: [UInt8] = []
    var next = request
    let lent = try store.load(partition.id, after: &next.place, count: count) {
      (key, form) in
      last = Array(count: key.count) { key[$0] }
      if !request.ahead.contains(last) { models.append(archived(key, form, of: partition)) }
    }
    guard lent == count else { return ModelPage(models: models) }
    let rest = try restOfGroup(of: last, after: models, next.place, of: partition, from: store)
    next.ahead.formUnion(rest.map(\.key))
    return ModelPage(models: models + rest, next: next)
  }

  /// The models that must be as of the same offset as a group's board, of which the page that ends
  /// with one of its streams has some: those of the streams that have a place there.
  private func restOfGroup(
    of stream: [UInt8], after models: [ArchivedModel], _ place: [UInt8]?, of partition: Partition,
    from store: any Store
  ) throws(PipelineError) -> [ArchivedModel] {
    guard !definition.input.group.isEmpty else { return [] }
    let name = definition.input.group(of: stream.span)
    guard let board = models.last(where: { name.elementsEqual($0.key) }) else { return [] }
    let members = SavedModelReader(definition).places(on: board.form.span, of: name) ?? []
    var missing = Set(members.compactMap { $0 }).subtracting(
      models.map { Groups.identity(of: $0.key.span) })
    var rest: [ArchivedModel] = []
    var place = place
    var lent = Self.restCount
    while lent == Self.restCount, !missing.isEmpty {
      lent = try store.load(partition.id, after: &place, count: Self.restCount) { key, form in
        guard missing.remove(Groups.identity(of: key)) != nil else { return }
        rest.append(archived(key, form, of: partition))
      }
    }
    return rest
  }

  private func archived(
    _ key: Span<UInt8>, _ form: Span<UInt8>, of partition: Partition
  ) -> ArchivedModel {
    ArchivedModel(
      topic: definition.input.topics[Int(partition.id.topic)],
      partition: partition.id.partition, key: Array(count: key.count) { key[$0] },
      form: Array(count: form.count) { form[$0] })
  }
}
