internal import SPN

extension Definition {
  /// What was understood that the file does not say, or says otherwise.
  public var notes: [String] {
    var notes: [String] = []
    if isEmbedded {
      notes.append(
        "the embedded broker has no transactions and keeps nothing: the guarantee is at_least_once")
    }
    if input.format == .csv {
      notes.append("the format csv is for `spnd replay` alone")
    }
    return notes
  }

  /// The settings as they are in force, a line each, secrets left out.
  public func describe() -> [String] {
    let lines = [("pipeline", pipeline)] + describeKafka() + describeInput() + describeOutput()
    return (lines + describeModel() + describeProcess()).map { name, text in
      name + String(repeating: " ", count: max(1, 14 - name.count)) + text
    } + notes.map { "note: \($0)" }
  }

  private func describeKafka() -> [(String, String)] {
    kafka.map { ("kafka", "\($0.name) = \($0.isSecret ? "(secret)" : escaped($0.value))") }
  }

  private func describeInput() -> [(String, String)] {
    let stream = input.stream.map(\.text).joined(separator: " and ")
    let ahead = "at most \(input.time.maxFuture.text) ahead of its record"
    let time = input.time.path.map { path in
      let zone = input.time.unit == .rfc3339 ? ", \(input.time.zone) where it names no zone" : ""
      return "\(path) (\(input.time.unit.rawValue)\(zone)), \(ahead)"
    }
    return [
      ("input", "\(input.topics.joined(separator: ", ")) (\(input.format.rawValue))"),
      ("stream", stream.isEmpty ? "the record's key" : stream),
      ("group", describeGroup()),
      ("time", time ?? "the record's own timestamp"),
      (
        "new groups",
        input.bootstrap.map { "learn the last \($0.text) in silence" } ?? "speak about all records"
      ),
    ] + input.values.map { ("channel", "\($0.name) from \($0.pointer.text)") }
  }

  private func describeGroup() -> String {
    guard !input.group.isEmpty else { return "none, each stream is on its own" }
    let places = MessageBoard.placeCount(channels: input.values.count)
    return "streams of one \(input.group.map(\.text).joined(separator: " and ")) hear each other, "
      + "the first \(places) of each"
  }

  private func describeOutput() -> [(String, String)] {
    output.topics.map { key, topic in
      let name = String(key.dropFirst("output.".count).dropLast(".topic".count))
      let isSampled = name == "predictions" && output.predictionsEvery > 1
      let share = isSampled ? ", one of \(output.predictionsEvery) events" : ""
      return (name, topic.map { $0 + share } ?? "not written")
    }
  }

  private func describeModel() -> [(String, String)] {
    let budget = alerts.budget
    var deviation = alerts.direction.rawValue
    if alerts.minAbsolute > 0 { deviation += ", at least \(shortest(alerts.minAbsolute))" }
    if alerts.minRelative > 0 {
      deviation += ", at least \(shortest(alerts.minRelative)) of the prediction"
    }
    return [
      ("horizon", "\(model.horizon)"),
      ("interval", "holds \(shortest(model.interval)) of the events"),
      ("alerts", "\(budget.text): one every \(budget.interval.text)"),
      ("deviation", deviation),
      ("warm-up", "\(alerts.warmUp) events"), ("silence", describeSilence()),
    ]
  }

  private func describeSilence() -> String {
    switch health.silentAfter {
    case .auto: "told after 20 times a stream's own spacing"
    case .never: "not told"
    case .after(let duration): "told after \(duration.text)"
    }
  }

  private func describeChangelogs() -> String {
    state.changelogs.isEmpty ? "none" : state.changelogs.joined(separator: ", ")
  }

  private func describeProcess() -> [(String, String)] {
    let commits = "every \(processing.commitInterval.text) or \(processing.batch) records"
    let workers = if case .count(let count) = processing.workers { "\(count)" } else { "auto" }
    return [
      ("guarantee", processing.guarantee.rawValue), ("commit", commits), ("workers", workers),
      ("state", state.directory), ("changelog", describeChangelogs()),
      ("models", "take \(byteCountText(state.memory)), are saved within \(state.maxReplay.text)"),
      ("mismatch", state.onMismatch.rawValue),
      ("topics", "made with partitions \(topics.partitions), replication \(topics.replication)"),
      ("http", http.listen.description), ("log", log.rawValue),
    ]
  }
}
