import Pipeline

/// What `spnd streams` does with saved models.
extension SavedModels {
  /// Prints a line a stream.
  func list(isJSON: Bool) throws(Failure) {
    var streams = 0
    var damaged = 0
    if !isJSON { print(row(["PARTITION", "EVENTS", "LAST EVENT", "SCORE", "STATE", "STREAM"])) }
    try forEach { partition, key, form in
      guard !reader.isBoard(key) else { return }
      let summary = reader.summary(of: form, key: key, in: partition)
      streams += 1
      damaged += summary == nil ? 1 : 0
      print(isJSON ? json(summary, partition, key) : line(summary, partition, key))
    }
    guard !isJSON else { return }
    print("\(streams) streams in \(manifests.count) partitions, \(damaged) damaged")
  }

  /// Prints a stream's model; of the first partition that has one.
  func show(_ name: String, channel: String?) throws(Failure) {
    let channels = definition.input.values.map(\.name)
    guard let place = channel.map({ channels.firstIndex(of: $0) }) ?? 0 else {
      throw Failure(
        .usage,
        "there is no channel \(channel ?? ""); there are \(channels.joined(separator: ", "))")
    }
    let partition = try partitions(of: name)[0].partition
    let (board, names) = try group(of: name, in: partition)
    var shown: [UInt8]?
    try find(Array(name.utf8), in: partition) { key, form in
      shown = reader.explanation(
        of: form, key: key, in: partition, channel: place, board: board, names: names)
    }
    guard let shown else {
      throw Failure(.data, "the model of \(name) is damaged or another version's")
    }
    print(String(decoding: shown, as: UTF8.self))
  }

  /// What is saved of what a stream's group said, and the names of the group's streams.
  private func group(
    of name: String, in partition: TopicPartition
  ) throws(Failure) -> (board: [UInt8]?, names: [[UInt8]]) {
    guard let key = reader.boardName(of: Array(name.utf8).span) else { return (nil, []) }
    var board: [UInt8]?
    try find(key, in: partition) { _, form in board = form.indices.map { form[$0] } }
    var names: [[UInt8]] = []
    try forEach { place, name, _ in
      guard place == partition else { return }
      let name = name.indices.map { name[$0] }
      if name.starts(with: key) { names.append(name) }
    }
    return (board, names)
  }

  /// Writes models to a file: all, or those of the streams named.
  func export(_ names: [String], to path: String) throws(Failure) {
    for name in names { _ = try partitions(of: name) }
    let wanted = Set(names.map { Array($0.utf8) })
    var archive = try ModelArchive(writing: path)
    try forEach { partition, key, form in
      let bytes = key.indices.map { key[$0] }
      guard wanted.isEmpty || wanted.contains(bytes) else { return }
      archive.append(
        ArchivedModel(
          topic: topic(of: partition), partition: partition.partition, key: bytes,
          form: form.indices.map { form[$0] }))
    }
    try archive.close()
  }

  /// Puts the models of a file where they came from; nothing, unless all can be.
  func restore(from path: String) throws(Failure) {
    let models = try ModelArchive.read(path)
    for model in models where !manifests.contains(where: { isOf(model, $0.partition) }) {
      throw Failure(
        .noInput,
        "\(model.topic)[\(model.partition)] has no saved models here: let the daemon run until it "
          + "has the partition and has saved, stop it, and import again")
    }
    var slices: [Slice] = []
    for (partition, manifest) in manifests {
      var slice = Slice(partition, manifest: manifest)
      for model in models where isOf(model, partition) {
        guard reader.append(model.form.span, key: model.key.span, to: &slice) else {
          throw Failure(
            .data,
            "\(path): the model of \(String(decoding: model.key, as: UTF8.self)) is damaged, or was made by another definition "
              + "or version")
        }
      }
      slices.append(slice)
    }
    for slice in slices where slice.count > 0 { try write(slice) }
    print("\(models.count) models imported")
  }

  private func isOf(_ model: ArchivedModel, _ partition: TopicPartition) -> Bool {
    model.partition == partition.partition && model.topic == topic(of: partition)
  }

  /// Makes streams new.
  func reset(_ names: [String]) throws(Failure) {
    let found = try names.map { (name) throws(Failure) in (name, try partitions(of: name)) }
    for (name, places) in found {
      for (partition, manifest) in places {
        var slice = Slice(partition, manifest: manifest)
        reader.appendNew(Array(name.utf8).span, to: &slice)
        try write(slice)
      }
      print("\(name) is new")
    }
  }

  private func row(_ cells: [String]) -> String {
    let widths = [20, 10, 24, 7, 10, 0]
    return zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(0, width - cell.count))
    }.joined(separator: " ")
  }

  private func line(
    _ summary: StreamSummary?, _ partition: TopicPartition, _ key: Span<UInt8>
  ) -> String {
    let place = "\(topic(of: partition))[\(partition.partition)]"
    let name = String(decoding: key.indices.map { key[$0] }, as: UTF8.self)
    guard let summary else { return row([place, "", "", "", "damaged", name]) }
    var time = ByteBuffer(capacity: 40)
    if summary.events > 0 { time.append(rfc3339: summary.lastTime) }
    let bytes = time.bytes
    let text = String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    let score = "\((summary.score * 1000).rounded() / 1000)"
    return row([place, "\(summary.events)", text, score, state(summary), name])
  }

  private func json(
    _ summary: StreamSummary?, _ partition: TopicPartition, _ key: Span<UInt8>
  ) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("stream", key)
    writer.field("topic", topic(of: partition))
    writer.field("partition", Int(partition.partition))
    writer.field("state", summary.map(state) ?? "damaged")
    if let summary {
      writer.field("events", summary.events)
      writer.field("last_seen", rfc3339: summary.lastTime)
      writer.field("score", summary.score)
    }
    writer.endObject()
    let bytes = writer.bytes
    return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }

  private func state(_ summary: StreamSummary) -> String {
    if summary.events == 0 { return "new" }
    if summary.isAnomalous { return "anomalous" }
    return summary.isLearning ? "learning" : "steady"
  }
}
