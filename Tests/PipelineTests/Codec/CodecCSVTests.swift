import Evaluation
import Pipeline
import Testing

@Suite struct CodecCSVTests {
  private let rules = settings(
    stream: ["/site", "/dev/id"], time: "/ts", channels: ["/t", "/vib"])
  private let header = ["ts", "site", "dev.id", "t", "vib", "note"]

  private func row(_ row: String) throws -> Decoded {
    var decoder = try Decoder(rules, format: .csv(header: header))
    return decoder.decode(row, timestamp: -1)
  }

  @Test func aRowIsAnEvent() throws {
    for end in ["", "\n", "\r\n"] {
      let found = try row("2023-11-14T22:13:20.5Z,a/b,007,71.5,-1e-3,x" + end)
      #expect(found.stream == "a~1b/007")
      #expect(found.time.nanoseconds == 1_700_000_000_500_000_000)
      #expect(found.numbers == [71.5, -0.001])
    }
  }

  @Test func quotesHoldCommasQuotesAndLines() throws {
    let found = try row("\"2023-11-14T22:13:20Z\",\"a,b\",\"c\"\"d\ne\",\" 1 \", 2 ,\"\"")
    #expect(found.stream == "a,b/c\"d\ne")
    #expect(found.numbers == [1, 2])
  }

  @Test func anEmptyCellIsMissing() throws {
    let found = try row("2023-11-14T22:13:20Z,a,b,,5,")
    #expect(found.numbers[0].isNaN)
    #expect(found.numbers[1] == 5)
    #expect(try row("2023-11-14T22:13:20Z,a,b,,\"\",").code == .valueMissing)
    #expect(try row("2023-11-14T22:13:20Z,,b,1,2,").code == .streamMissing)
    #expect(try row(",a,b,1,2,").code == .timeMissing)
  }

  @Test func cellsMeetTheSameRulesAsFields() throws {
    #expect(try row("2023-02-29T22:13:20Z,a,b,1,2,").code == .timeFormat)
    for cell in ["x", "NaN", "inf", "1,5", "1 2", "0x1", "--1", " "] {
      let quoted = "2023-11-14T22:13:20Z,a,b,1,\"\(cell)\","
      #expect(try row(quoted).code == .valueType, "\(cell)")
    }
    #expect(try row("2023-11-14T22:13:20Z,a,b,1,1e31,").code == .valueRange)
    #expect(try row("2023-11-14T22:13:20Z,a,b,1,1e999,").code == .valueRange)
    #expect(try row("2023-11-14T22:13:20Z,a,b,1,1e-999,").numbers == [1, 0])
  }

  @Test(arguments: [
    "", "a", "1,2,3,4,5", "1,2,3,4,5,6,7", "\"a,b,c,d,e,f", "a\"b,c,d,e,f,g", "\"a\"b,c,d,e,f,g",
  ])
  func brokenRowsAreRejected(text: String) throws {
    #expect(try row(text).code == .csvInvalid)
  }

  @Test func theHeaderNamesTheColumns() throws {
    let bytes = Array("\u{FEFF}ts,\"si\"\"te\", a.b \r\n".utf8)
    #expect(try CSV.header(bytes.span) == ["ts", "si\"te", "a.b"])
    for bad in ["a,a", "\"a", "a\"b"] {
      let bytes = Array(bad.utf8)
      let error = #expect(throws: PipelineError.self) { try CSV.header(bytes.span) }
      #expect(error?.code == .configuration)
    }
  }

  @Test func aMissingColumnIsAConfigurationError() {
    let error = #expect(throws: PipelineError.self) {
      _ = try Decoder(rules, format: .csv(header: ["ts", "site", "t", "vib"]))
    }
    #expect(error?.code == .configuration)
    #expect(error?.subject == "column \"dev.id\"")
  }

  @Test func rowsEndAtLineEndsOutsideQuotes() {
    let file = Array("a,\"b\nc\"\r\nd\n".utf8)
    #expect(CSV.rowLength(file.span) == 9)
    #expect(CSV.rowLength(file.span.extracting(9..<11)) == 2)
    #expect(CSV.rowLength(file.span.extracting(9..<10)) == nil)
    #expect(CSV.rowLength(file.span.extracting(0..<5)) == nil)
  }

  @Test func damagedRowsNeverTrapAndAnswerTheSameTwice() throws {
    var generator = SplitMix64(seed: 51)
    var first = try Decoder(rules, format: .csv(header: header))
    var second = try Decoder(rules, format: .csv(header: header))
    let good = Array("2023-11-14T22:13:20Z,a,\"b\"\"c\",1.5,2,\r\n".utf8)
    for round in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : good[Int.random(in: 0..<good.count, using: &generator)]
      }
      #expect(first.decode(bytes) == second.decode(bytes), "seed 51, round \(round)")
    }
  }
}
