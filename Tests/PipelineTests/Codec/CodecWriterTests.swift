import Evaluation
import Pipeline
import Testing

@Suite struct CodecWriterTests {
  /// What a writer makes of one value.
  private func json(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(capacity: 0)
    write(&writer)
    return text(writer.bytes)
  }

  @Test func aResultIsWrittenAsItReads() {
    var writer = JSONWriter()
    let stream = Array("a\"b".utf8)
    for _ in 0..<2 {
      writer.removeAll()
      writer.beginObject()
      writer.field("stream", stream.span)
      writer.field("time", rfc3339: 1_700_000_000_123_000_000)
      writer.field("value", 1.5)
      writer.field("score", Float(0.1))
      writer.field("lower", Double.nan)
      writer.field("anomaly", false)
      writer.key("source")
      writer.beginObject()
      writer.field("topic", "t")
      writer.field("offset", Int64.min)
      writer.endObject()
      writer.key(named: "é\n")
      writer.beginArray()
      writer.value(1)
      writer.beginArray()
      writer.endArray()
      writer.null()
      writer.beginObject()
      writer.endObject()
      writer.endArray()
      writer.field("n", 3)
      writer.endObject()
      #expect(
        text(writer.bytes)
          == #"{"stream":"a\"b","time":"2023-11-14T22:13:20.123Z","value":1.5,"score":0.1,"#
          + #""lower":null,"anomaly":false,"source":{"topic":"t","offset":-9223372036854775808},"#
          + #""é\n":[1,[],null,{}],"n":3}"#)
    }
    #expect(writer.count == writer.bytes.count)
  }

  @Test func linesStandAlone() {
    let lines = json {
      for number in [1, 2] {
        $0.value(number)
        $0.endLine()
      }
    }
    #expect(lines == "1\n2\n")
  }

  @Test func stringsAreEscaped() {
    #expect(
      json { $0.value("\"\\/\u{8}\t\n\r\u{0}\u{1F}\u{7F}") }
        == "\"\\\"\\\\/\\u0008\\t\\n\\r\\u0000\\u001f\u{7F}\"")
    #expect(json { $0.value("äß€😀") } == "\"äß€😀\"")
    #expect(json { $0.value("") } == "\"\"")
  }

  @Test func whatIsNotUTF8IsReplaced() {
    var generator = SplitMix64(seed: 21)
    for round in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        // Mostly lead and continuation bytes, so that near misses are common.
        UInt8.random(
          in: Bool.random(using: &generator) ? 0x7F...0xFF : 0x80...0xBF, using: &generator)
      }
      let expected = "\"" + String(decoding: bytes, as: UTF8.self) + "\""
      guard json({ $0.value(bytes.span) }) == expected else {
        Issue.record("seed 21, round \(round): \(bytes)")
        return
      }
    }
  }

  @Test func whatWasWrittenReadsBackTheSame() throws {
    var decoder = try Decoder(settings(stream: ["/s"]))
    var generator = SplitMix64(seed: 22)
    var writer = JSONWriter()
    for _ in 0..<5000 {
      let scalars = (0..<Int.random(in: 1...20, using: &generator)).compactMap { _ in
        Unicode.Scalar(
          UInt32.random(in: 0...0x10FFFF, using: &generator)
            >> Int.random(in: 0...20, using: &generator))
      }
      var name = String.UnicodeScalarView()
      name.append(contentsOf: scalars)
      guard !name.isEmpty else { continue }
      writer.removeAll()
      writer.beginObject()
      writer.field("s", String(name))
      writer.field("v", 1)
      writer.endObject()
      let found = decoder.decode(text(writer.bytes))
      #expect(Array(found.stream.utf8) == Array(String(name).utf8), "\(scalars)")
    }
  }

  @Test(arguments: [31, 32] as [UInt64])
  func numbersReadBackTheSame(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var writer = JSONWriter()
    for _ in 0..<100_000 {
      let double = Double(bitPattern: generator.next())
      writer.removeAll()
      writer.value(double)
      let written = text(writer.bytes)
      #expect(double.isFinite ? Double(written) == double : written == "null", "seed \(seed)")
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      writer.removeAll()
      writer.value(float)
      let short = text(writer.bytes)
      #expect(float.isFinite ? Float(short) == float : short == "null", "seed \(seed)")
    }
  }

  @Test func numbersAreTheShortest() {
    let doubles: [(Double, String)] = [
      (0, "0"), (-0.0, "-0"), (1, "1"), (0.1, "0.1"), (1e21, "1e+21"),
      (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"), (.infinity, "null"), (.nan, "null"),
      (0.1 + 0.2, "0.30000000000000004"),
    ]
    for (number, expected) in doubles { #expect(json { $0.value(number) } == expected) }
    #expect(json { $0.value(Float(0.1)) } == "0.1")
    #expect(json { $0.value(Float(16_777_216)) } == "16777216")
    #expect(json { $0.value(-Float.infinity) } == "null")
    #expect(json { $0.value(Int64.max) } == "9223372036854775807")
  }

  /// The digits of a number's text that mean something, and the power of ten of the last one.
  private func digits(_ text: String) -> (digits: String, power: Int) {
    let parts = text.drop { $0 == "-" }.split(separator: "e")
    let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = number.count > 1 ? number[1] : ""
    var digits = String((number[0] + fraction).drop { $0 == "0" })
    var power = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count
    while digits.last == "0" {
      digits.removeLast()
      power += 1
    }
    return digits.isEmpty ? ("", 0) : (digits, power)
  }

  @Test(arguments: [33, 34] as [UInt64])
  func decimalsHaveNoMoreDigitsThanTheyNeed(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<100_000 {
      let count = Int64.random(in: -999_999_999_999...999_999_999_999, using: &generator)
      let digits = count >> Int64.random(in: 0...39, using: &generator)
      let units: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e9]
      let double = Double(digits) / units[Int.random(in: 0..<units.count, using: &generator)]
      let written = json { $0.value(double) }
      #expect(Double(written) == double, "seed \(seed)")
      #expect(self.digits(written) == self.digits("\(double)"), "seed \(seed): \(double)")
      let float = Float(double)
      let short = json { $0.value(float) }
      #expect(Float(short) == float, "seed \(seed)")
      // Larger ones are written out as the integers that they are.
      guard float.magnitude < 0x1p24 else { continue }
      #expect(self.digits(short) == self.digits("\(float)"), "seed \(seed): \(float)")
    }
  }

  @Test func integersOfAnyLengthAreWritten() {
    var number: Int64 = 1
    for _ in 0..<18 {
      for near in [number - 1, number, number + 1, -number] {
        #expect(json { $0.value(near) } == "\(near)")
      }
      number *= 10
    }
  }

  @Test func timesHaveTheDigitsThatTheyNeed() {
    let cases: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
      (1_700_000_000_100_000_000, "2023-11-14T22:13:20.1Z"),
      (1_709_164_800_000_000_000, "2024-02-29T00:00:00Z"),
      (951_782_399_999_999_999, "2000-02-28T23:59:59.999999999Z"),
      (-1, "1969-12-31T23:59:59.999999999Z"), (.max, "2262-04-11T23:47:16.854775807Z"),
      (.min, "1677-09-21T00:12:43.145224192Z"),
    ]
    for (nanoseconds, expected) in cases {
      #expect(json { $0.value(rfc3339: nanoseconds) } == "\"\(expected)\"")
    }
    // One writer, which remembers the day, from day to day and back.
    let all = json {
      for (nanoseconds, _) in cases + cases.reversed() { $0.value(rfc3339: nanoseconds) }
    }
    let expected = (cases + cases.reversed()).map { "\"\($0.1)\"" }
    #expect(all == expected.joined(separator: ","))
  }

  @Test func writtenTimesReadBackTheSame() throws {
    var decoder = try Decoder(settings(time: "/t"))
    var generator = SplitMix64(seed: 41)
    for _ in 0..<20_000 {
      let time = Int64.random(
        in: 86_400_000_000_000..<7_258_118_400_000_000_000, using: &generator)
      let written = json { $0.value(rfc3339: time) }
      let found = decoder.decode(#"{"t":\#(written),"v":1}"#, timestamp: -1)
      #expect(found.time.nanoseconds == time, "seed 41: \(written)")
    }
  }
}
