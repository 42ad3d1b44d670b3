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
      log.warning("\(self.name(partition.id)): an operator made \(text(name)) new")
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
    var count = 0
    for partition in places {
      var streams: [Int] = []
      for model in models where isOf(model, partition) {
        let stream = partition.streams.stream(for: model.key.span).stream
        try take(model, as: stream, in: partition)
        streams.append(stream)
      }
      guard try saveChange(of: streams, in: partition) else { return Self.notSaved }
      count += streams.count
      log.warning("\(name(partition.id)): an operator imported \(streams.count) models")
    }
    return .changed(count)
  }

  /// Commits what is open, unless nothing may be committed now.
  private mutating func settleAll() throws(PipelineError) {
    if !isBlocked { try commitAll() }
  }

  private func take(
    _ model: ArchivedModel, as stream: Int, in partition: Partition
  ) throws(PipelineError) {
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

  /// Why models cannot be changed now, if they cannot.
  private func obstacle(to places: [Partition]) -> Question.Answer? {
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
    guard definition.input.group.isEmpty else {
      return .unchanged(
        "streams of a group are one unit: stop the daemon and use spnd streams import",
        mayPass: false)
    }
    let reader = SavedModelReader(definition)
    for model in models {
      let id = TopicPartition(topic: 0, partition: model.partition)
      guard reader.summary(of: model.form.span, key: model.key.span, in: id) == nil else {
        continue
      }
      return .unchanged(
        "the model of \(text(model.key)) is damaged, or was made by another definition or version",
        mayPass: false)
    }
    return nil
  }

  private static var notSaved: Question.Answer {
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
