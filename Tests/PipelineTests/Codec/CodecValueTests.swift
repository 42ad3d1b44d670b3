import Evaluation
import Pipeline
import Testing

@Suite struct CodecValueTests {
  private let two = settings(channels: ["/a", "/b"])

  @Test func numbersOfEveryKindAreRead() throws {
    let found = try decode(
      #"{"a":-0.5e2,"b":18446744073709551615}"#, two)
    #expect(found.numbers == [-50, 18_446_744_073_709_551_616])
    #expect(
      try decode(#"{"a":9007199254740993,"b":0}"#, two).numbers == [9_007_199_254_740_992, 0])
  }

  @Test func aMissingOrNullChannelIsNotANumber() throws {
    for json in [#"{"a":1}"#, #"{"a":1,"b":null}"#] {
      let numbers = try decode(json, two).numbers
      #expect(numbers[0] == 1)
      #expect(numbers[1].isNaN)
    }
  }

  @Test func aRecordWithoutAnyNumberIsRejected() throws {
    for json in ["{}", "[]", "1", "null", #""a""#, #"{"a":null}"#, #"{"c":1}"#] {
      let found = try decode(json, two)
      #expect(found.code == .valueMissing)
      #expect(found.message.contains("/a, /b"))
    }
  }

  @Test func otherTypesAreNamedWithTheirRemedy() throws {
    let cases = [
      (#""12""#, #""12""#), (#""NaN""#, #""NaN""#), (#""null""#, #""null""#), ("true", "true"),
      ("{}", "an object"), ("[1]", "an object or array"),
    ]
    for (json, shown) in cases {
      let found = try decode(#"{"a":1,"b":\#(json)}"#, two)
      #expect(found.code == .valueType)
      #expect(found.message.hasPrefix("/b is \(shown)"))
      #expect(found.message.contains("send a number or null"))
    }
  }

  @Test func longTextIsShortenedInTheMessage() throws {
    let found = try decode(#"{"a":"\#(String(repeating: "x", count: 5000))"}"#, two)
    #expect(found.code == .valueType)
    #expect(found.message.utf8.count < 200)
    #expect(try decode(#"{"a":"\u0007\u001b"}"#, two).message.contains("\u{FFFD}\u{FFFD}"))
  }

  @Test func magnitudesHaveALimit() throws {
    #expect(try decode(#"{"a":1e30,"b":-1e30}"#, two).code == nil)
    for number in ["1.1e30", "-1.1e30", "1e308", "-1.7976931348623157e308"] {
      let found = try decode(#"{"a":1,"b":\#(number)}"#, two)
      #expect(found.code == .valueRange)
      #expect(found.message.hasPrefix("/b is "))
    }
  }

  @Test func theFirstOfTwoEqualKeysCounts() throws {
    #expect(try decode(#"{"v":1,"v":2}"#).numbers == [1])
    #expect(try decode(#"{"v":null,"v":2}"#).code == .valueMissing)
    let nested = settings(channels: ["/o/v"])
    #expect(try decode(#"{"o":1,"o":{"v":2}}"#, nested).code == .valueMissing)
    #expect(try decode(#"{"o":{"v":1,"v":3},"o":{"v":2}}"#, nested).numbers == [1])
  }

  @Test func aPointerMayServeTwice() throws {
    let shared = settings(stream: ["/v"], channels: ["/v", "/v"])
    let found = try decode(#"{"v":4}"#, shared)
    #expect(found.stream == "4")
    #expect(found.numbers == [4, 4])
  }

  @Test func manyChannelsAreFoundInAnyOrder() throws {
    let names = (0..<80).map { "c\($0)" }
    let many = settings(channels: names.map { "/\($0)" })
    var generator = SplitMix64(seed: 5)
    for _ in 0..<20 {
      let fields = names.enumerated().map { #""\#($1)":\#($0)"# }.shuffled(using: &generator)
      let found = try decode("{\(fields.joined(separator: ",")),\"x\":9}", many)
      #expect(found.numbers == (0..<80).map(Double.init))
    }
  }

  @Test func aRejectedRecordLeavesNothingBehind() throws {
    var decoder = try Decoder(two)
    #expect(decoder.decode(#"{"a":1,"b":2}"#).numbers == [1, 2])
    #expect(decoder.decode(#"{"a":3,"b":"x"}"#).code == .valueType)
    let after = decoder.decode(#"{"a":5}"#).numbers
    #expect(after[0] == 5)
    #expect(after[1].isNaN)
  }
}
