import Pipeline
import Testing

@Suite struct CodecDeadLetterTests {
  @Test func ourHeadersFollowTheRecordsOwn() {
    let own = [Header(name: [0xFF, 0xFE], value: nil), Header("__dlq.errors.topic", "older")]
    let headers = DeadLetter.headers(
      for: Rejection(.jsonInvalid, "no JSON"),
      of: DeadLetter.Origin(topic: "sensors", partition: 3, offset: .max, group: "plant-a"),
      original: own)
    #expect(Array(headers.prefix(2)) == own)
    #expect(
      Array(headers.dropFirst(2)) == [
        Header("__dlq.errors.topic", "sensors"), Header("__dlq.errors.partition", "3"),
        Header("__dlq.errors.offset", "9223372036854775807"),
        Header("__dlq.errors.group", "plant-a"), Header("__dlq.errors.message", "no JSON"),
        Header("spnd.errors.code", "json.invalid"),
      ])
  }

  @Test func codesAreStable() {
    #expect(
      Rejection.Code.allCases.map(\.rawValue) == [
        "json.invalid", "json.empty", "csv.invalid", "value.null", "value.too-large",
        "stream.missing", "stream.empty", "stream.type", "stream.too-long", "time.missing",
        "time.type", "time.format", "time.range", "time.future", "value.missing", "value.type",
        "value.range", "result.too-large",
      ])
  }

  @Test func settingsFollowTheDefinition() throws {
    let pointer = try #require(JSONPointer("/t"))
    var input = Definition.Input(
      topics: ["t"], values: [Definition.Channel(name: "t", pointer: pointer)])
    input.time.path = JSONPointer("/ts")
    input.time.unit = .microseconds
    input.time.maxFuture = .milliseconds(1500)
    let settings = try DecoderSettings(input)
    #expect(settings.channels == [pointer])
    #expect(settings.time?.text == "/ts")
    #expect(settings.unit == .microseconds)
    #expect(settings.maxFuture == 1_500_000_000)
    #expect(settings.zone == .utc)
    input.time.maxFuture = .seconds(Int64.max)
    #expect(try DecoderSettings(input).maxFuture == .max)
    input.time.zone = "Nowhere/Land"
    #expect(throws: PipelineError.self) { try DecoderSettings(input) }
  }
}
