import Evaluation
import Pipeline
import SPN
import Testing

/// `spnd replay --explain`: the parts add up to what was said.
@Suite struct ExplanationTests {
  private let folder = Folder()

  private func definition(stream: String = "[/s]") throws -> Definition {
    let text = """
      pipeline: test
      kafka: {bootstrap.servers: embedded}
      input:
        topics: [t]
        stream: \(stream)
        time: {path: /t, unit: s}
        values: {heat: /v}
      output: {predictions: {topic: p}, dead-letters: {topic: d}}
      """
    return try Definition.parse(Array(text.utf8), file: "test.yaml", environment: [:])
  }

  /// Two streams in turn, a line that is no event, and a jump at the end of the first.
  private func writeEvents() throws -> String {
    var random = SplitMix64(seed: 2)
    var text = ""
    for i in 0..<1000 {
      let season = Double([0, 5, 9, 5][i / 2 % 4])
      let value = 20 + season + random.normal() + (i == 998 ? 60 : 0)
      text +=
        "{\"s\":\"\(i % 2 == 0 ? "a" : "b")\",\"t\":\(1_700_000_000 + i * 1800),\"v\":\(value)}\n"
      if i == 10 { text += "nothing\n" }
    }
    try folder.write(text, to: "events.ndjson")
    return folder.path + "/events.ndjson"
  }

  private func explain(_ stream: String, _ offset: Int64) throws -> EventExplanation {
    let file = try StreamFile(
      path: writeEvents(), definition: definition(), stream: stream)
    return try #require(EventExplanation.of([file], offset: offset, Settings()).first)
  }

  @Test func contributionsSumToThePrediction() throws {
    for offset: Int64 in [9, 400, 801] {
      let found = try explain(offset < 11 || offset % 2 == 0 ? "b" : "a", offset)
      let sum = found.attribution.experts.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - found.outcome.prediction) < 1e-4)
    }
  }

  @Test func theEvidenceSumsToTheScore() throws {
    // The line that is no event takes an offset.
    let found = try explain("a", 999)
    let sum = found.attribution.evidence.reduce(0) { $0 + $1.novelty + $1.magnitude }
    #expect(abs(sum / (sum + Double(Outcome.alarmEvidence)) - Double(found.outcome.score)) < 1e-5)
    #expect(found.outcome.score > 0.5)
    #expect(found.outcome.value > 70)
    #expect(found.text.contains("a, heat, offset 999, 2023-12-05 17:13:20 UTC"))
    #expect(found.text.contains("It is outside"))
    #expect(found.json.hasPrefix(#"{"stream":"a","channel":"heat","offset":999,"#))
    #expect(!found.json.contains("\n"))
  }

  @Test func aNeuronsWeightsAreTold() throws {
    let found = try explain("a", 901)
    #expect(found.attribution.slowWeights.count == Attribution.inputNames.count)
    #expect(found.attribution.trace.count == Attribution.inputNames.count)
    #expect(found.attribution.slowWeights.contains { $0 != 0 })
  }

  @Test func whatIsNotThereIsNamed() throws {
    let path = try writeEvents()
    let file = try StreamFile(path: path, definition: definition(), stream: "a")
    #expect(file.series.count == 500)
    #expect(
      throws: EvaluationError(
        "a@8000", "the stream has no event at this offset; the nearest is 999")
    ) {
      try EventExplanation.of([file], offset: 8000, Settings())
    }
    #expect(throws: EvaluationError(path, "has no event of c; there are a, b")) {
      try StreamFile(path: path, definition: definition(), stream: "c")
    }
    #expect(throws: EvaluationError(path, "has several streams; name one, such as b")) {
      try StreamFile(path: path, definition: definition())
    }
  }

  @Test func aStreamOfAGroupNamesWhomItListensTo() throws {
    let made = CoupledStreams.make(seed: 1)
    let leader = made.leader
    var text = ""
    for event in 0..<made.streams[0].count {
      for (stream, series) in made.streams.enumerated() {
        let time = series.times[event].nanoseconds / 1_000_000_000
        text += "{\"g\":\"x\",\"s\":\(stream),\"t\":\(time),\"v\":\(series.columns[0][event])}\n"
      }
    }
    try folder.write(text, to: "group.ndjson")
    let follower = try #require(made.follows.firstIndex(of: true))
    let files = try StreamFile.group(
      path: folder.path + "/group.ndjson",
      definition: definition(stream: "[/g, /s]\n  group: [/g]"), stream: "x/\(follower)")
    #expect(files.map(\.series.name).first == "x/\(follower)" && files.count == 5)
    let offset = try #require(files[0].offsets.last)
    let found = try #require(
      EventExplanation.of(files, offset: offset, Settings(), isGrouped: true).first)
    #expect(found.neighbours.contains("x/\(leader)"))
    // In words only what counts is named, which the leader does not at every event.
    let isTold = try files[0].offsets.suffix(16).contains { offset in
      try EventExplanation.of(files, offset: offset, Settings(), isGrouped: true).first?.text
        .contains("the last step of x/\(leader) (message") ?? false
    }
    #expect(isTold)
    #expect(found.json.contains("the last step of x/\(leader) (message"))
    // The same as where all are learned together.
    var group = StreamGroup(made.streams, Settings())
    for event in 0..<made.streams[0].count {
      for stream in made.streams.indices { _ = group.observe(event, of: stream) }
    }
    #expect(found.outcome.prediction == group.outcomes(of: follower)[0].prediction)
  }
}
