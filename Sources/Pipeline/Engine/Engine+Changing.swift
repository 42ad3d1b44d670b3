/// An operator takes single models out, puts them in, or makes them new, while the engine works.
///
/// What was changed is saved, and in the changelog, before that is told: it outlives a crash, a
/// move and an abort. No record is learned meanwhile, and those before are not learned again.
extension Engine where Link: ~Copyable {
  /// A stream's models in the partitions that have its events, as of what was committed; nil where
  /// it is not here.
  mutating func export(_ name: [UInt8]) throws(PipelineError) -> Question.Answer? {
    try settleAll()
    var models: [ArchivedModel] = []
    for partition in isAssigned ? partitions : [] where !isBoard(name) {
      guard let form = try form(of: name, in: partition) else { continue }
      models.append(
        ArchivedModel(
          topic: definition.input.topics[Int(partition.id.topic)],
          partition: partition.id.partition, key: name, form: form))
    }
    return models.isEmpty ? nil : .models(models)
  }

  /// Makes a stream new in every partition that has its events; nil where it is not here.
  mutating func reset(_ name: [UInt8]) throws(PipelineError) -> Question.Answer? {
    try settleAll()
    var places: [Partition] = []
    for partition in isAssigned ? partitions : [] where !isBoard(name) {
      if try knows(name, partition) { places.append(partition) }
    }
    guard !places.isEmpty else { return nil }
    if let obstacle = obstacle(to: places) { return obstacle }
    for partition in places {
      let stream = partition.streams.stream(for: name.span).stream
      partition.makeNew(stream, .asked, at: partition.position, layout: processor.layout)
      guard try saveChange(of: [stream], in: partition) else { return Self.notSaved }
      committedCounters.askedResets += 1
      log.warning("\(self.name(partition.id)): an operator made \(stream: name) new")
    }
    return .changed(places.count)
  }

  /// Lets streams go on from other models; nil where none of their partitions is here.
  mutating func replace(_ models: [ArchivedModel]) throws(PipelineError) -> Question.Answer? {
    try settleAll()
    let places =
      isAssigned ? partitions.filter { place in models.contains { isOf($0, place) } } : []
    guard !places.isEmpty else { return nil }
    if let obstacle = obstacle(to: places) ?? refusal(of: models) { return obstacle }
    for partition in places {
      if let obstacle = try obstacle(to: models, in: partition) { return obstacle }
    }
    var count = 0
    for partition in places {
      var streams: [Int] = []
      let own = models.filter { isOf($0, partition) }
      for model in own {
        if isBoard(model.key) {
          partition.groups?.replace(model.form.span, named: model.key.span)
          continue
        }
        let stream = partition.streams.stream(for: model.key.span).stream
        take(model, as: stream, in: partition)
        streams.append(stream)
      }
      guard try saveChange(of: streams, in: partition) else { return Self.notSaved }
      count += own.count
      log.warning("\(name(partition.id)): an operator imported \(own.count) models")
    }
    return .changed(count)
  }

  /// Commits what is open, unless nothing may be committed now.
  mutating func settleAll() throws(PipelineError) {
    if !isBlocked { try commitAll() }
  }

  private func take(_ model: ArchivedModel, as stream: Int, in partition: Partition) {
    let isSound = partition.admit(
      model.form.span, as: stream, at: partition.position, kind: processor.kind,
      layout: processor.layout)
    precondition(isSound, "a model was accepted that cannot be read")
    let block = unsafe StreamBlock(partition.streams.block(of: stream), layout: processor.layout)
    // What it knows of the offsets of another log, or of another time, says nothing of this one's.
    block.state.nextOffset = partition.position
    partition.streams.noteChange(stream, at: partition.position)
    partition.watch(block, model.key.span)
  }

  /// Saves streams that were changed, and what else their groups have changed; false where that
  /// failed or is not certain.
  private mutating func saveChange(
    of streams: [Int], in partition: Partition
  ) throws(PipelineError) -> Bool {
    partition.revision += 1
    var slice = slice(of: partition, count: streams.count)
    for stream in streams where partition.streams.clearChange(stream) {
      append(stream, of: partition, to: &slice)
      appendGroup(of: stream, in: partition, to: &slice)
    }
    slice.manifest.watermark = partition.streams.firstChange ?? partition.position
    return try save(slice, of: partition) && partition.saving.failed == nil
      && !partition.saving.isForfeit
  }

  /// Why models cannot be changed, or taken, now, if they cannot.
  func obstacle(to places: [Partition]) -> Question.Answer? {
    guard store != nil else {
      return .unchanged("this pipeline saves no models: its broker is embedded", mayPass: false)
    }
    if isBlocked { return .unchanged("models cannot be saved now: see the log", mayPass: true) }
    let isSettled = places.allSatisfy {
      !$0.saving.isLoading && !$0.saving.isForfeit && !$0.isDirty && $0.position >= $0.speaksFrom
    }
    return isSettled ? nil : .unchanged("the partition is being restored", mayPass: true)
  }

  /// Why some of these models cannot be used at all, if any cannot.
  private func refusal(of models: [ArchivedModel]) -> Question.Answer? {
    let reader = SavedModelReader(definition)
    for model in models where !reader.isSound(model.form.span, key: model.key.span) {
      return .unchanged(
        "the model of \(text(model.key)) is damaged, or was made by another definition or version",
        mayPass: false)
    }
    return nil
  }

  /// Why the models of groups cannot come into a partition, if they cannot: a group is one unit.
  /// Its streams know each other by their places on its board, so it comes whole, with its board,
  /// and whoever has a place now has the same one then.
  private func obstacle(
    to models: [ArchivedModel], in partition: Partition
  ) throws(PipelineError) -> Question.Answer? {
    guard !definition.input.group.isEmpty else { return nil }
    let own = models.filter { isOf($0, partition) }
    let reader = SavedModelReader(definition)
    let present = Set(own.map { Groups.identity(of: $0.key.span) })
    for key in Set(own.map { reader.boardName(of: $0.key.span) ?? $0.key }) {
      let board = own.last { $0.key == key }
      guard let places = board.flatMap({ reader.places(on: $0.form.span, of: key.span) }),
        places.allSatisfy({ $0.map(present.contains) ?? true })
      else {
        return .unchanged(
          "the models of group \(text(key)) are not whole: its streams come together, with what "
            + "they said", mayPass: false)
      }
      let now = try currentPlaces(onBoard: key, of: partition, reader)
      guard zip(now, places).allSatisfy({ $0 == nil || $0 == $1 }) else {
        return .unchanged(
          "group \(text(key)) has streams now that it had not when these models were exported: "
            + "stop the daemon and use spnd streams import", mayPass: false)
      }
    }
    return nil
  }

  /// Who has which place on a group's board now, in memory or in the store.
  private func currentPlaces(
    onBoard key: [UInt8], of partition: Partition, _ reader: SavedModelReader
  ) throws(PipelineError) -> [UInt64?] {
    if let members = partition.groups?.members(with: key.span) { return members.identities }
    var places: [UInt64?]?
    _ = try store?.find(key.span, of: partition.id) { form in
      places = reader.places(on: form, of: key.span)
    }
    return places ?? []
  }

  static var notSaved: Question.Answer {
    .unchanged("not saved: a transaction was aborted, or the store took nothing", mayPass: true)
  }

  private func isOf(_ model: ArchivedModel, _ partition: Partition) -> Bool {
    model.partition == partition.id.partition
      && model.topic == definition.input.topics[Int(partition.id.topic)]
  }

  /// Whether a name is not a stream's but that of what a group's streams say.
  private func isBoard(_ name: [UInt8]) -> Bool {
    !definition.input.group.isEmpty && Groups.isBoard(name.span)
  }

  private func knows(_ name: [UInt8], _ partition: Partition) throws(PipelineError) -> Bool {
    if partition.streams.find(name.span) != nil { return true }
    guard partition.saving.hasOthers, let store else { return false }
    return try store.find(name.span, of: partition.id) { _ in }
  }

  /// The saved form of a stream's model as it is now.
  private func form(
    of name: [UInt8], in partition: Partition
  ) throws(PipelineError) -> [UInt8]? {
    var form: [UInt8]?
    guard let stream = partition.streams.find(name.span) else {
      guard partition.saving.hasOthers, let store else { return nil }
      _ = try store.find(name.span, of: partition.id) { bytes in
        form = Array(count: bytes.count) { bytes[$0] }
      }
      return form
    }
    var slice = slice(of: partition, count: 1)
    append(stream, of: partition, to: &slice)
    let copied = slice
    let bytes = copied.form(at: 0)
    return Array(count: bytes.count) { bytes[$0] }
  }

  private func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
