import Pipeline
import Testing

@Suite struct CodecStreamTests {
  @Test func theKeyNamesTheStreamByteForByte() throws {
    var decoder = try Decoder(settings())
    #expect(decoder.decode(#"{"v":1}"#, key: "a/b~c").stream == "a/b~c")
    let odd: [UInt8] = [0xFF, 0x00, 0x80]
    let record = Record(
      partition: TopicPartition(topic: 0, partition: 0), offset: 0, timestamp: 1_700_000_000_000,
      key: odd.span, value: Array(#"{"v":1}"#.utf8).span)
    #expect(decoder.decode(record) == nil)
    #expect(decoder.stream.count == 3 && decoder.stream[0] == 0xFF && decoder.stream[1] == 0)
  }

  @Test func severalFieldsAreJoinedWithoutCollisions() throws {
    let both = settings(stream: ["/a", "/b"])
    #expect(try decode(#"{"a":"x","b":"y","v":1}"#, both).stream == "x/y")
    #expect(try decode(#"{"a":"x/y","b":"z","v":1}"#, both).stream == "x~1y/z")
    #expect(try decode(#"{"a":"x","b":"y/z","v":1}"#, both).stream == "x/y~1z")
    #expect(try decode(#"{"a":"~1","b":"~","v":1}"#, both).stream == "~01/~0")
    #expect(try decode(#"{"a":"x/y~","v":1}"#, settings(stream: ["/a"])).stream == "x/y~")
  }

  @Test func numbersAndBooleansStandAsTheirText() throws {
    let one = settings(stream: ["/a"])
    let cases = [
      ("7", "7"), ("-7", "-7"), ("1.0", "1"), ("0.1", "0.1"), ("true", "true"),
      ("false", "false"), ("18446744073709551615", "18446744073709551615"),
    ]
    for (json, name) in cases {
      #expect(try decode(#"{"a":\#(json),"v":1}"#, one).stream == name)
    }
  }

  @Test func nestedFieldsAndArraysAreFound() throws {
    let nested = settings(stream: ["/dev/0/id", "/a~1b"], channels: ["/m/t", "/m/u/1"])
    let found = try decode(
      #"{"m":{"u":[1,2.5],"t":-3},"dev":[{"id":"d0"},{"id":"d1"}],"a/b":"s"}"#, nested)
    #expect(found.stream == "d0/s")
    #expect(found.numbers == [-3, 2.5])
  }

  @Test func whatNamesNoStreamIsRejected() throws {
    let one = settings(stream: ["/a"])
    #expect(try decode(#"{"v":1}"#, key: nil).code == .streamMissing)
    #expect(try decode(#"{"v":1}"#, key: "").code == .streamEmpty)
    #expect(try decode(#"{"v":1}"#, one).code == .streamMissing)
    #expect(try decode(#"{"a":null,"v":1}"#, one).code == .streamMissing)
    #expect(try decode(#"{"a":"","v":1}"#, one).code == .streamEmpty)
    #expect(try decode(#"{"a":{},"v":1}"#, one).code == .streamType)
    #expect(try decode(#"{"a":[1],"v":1}"#, one).code == .streamType)
    let second = try decode(#"{"a":"x","b":"","v":1}"#, settings(stream: ["/a", "/b"]))
    #expect(second.code == .streamEmpty)
    #expect(second.message.contains("/b"))
  }

  @Test(arguments: [1023, 1024, 1025, 4000])
  func namesHaveALimit(length: Int) throws {
    let name = String(repeating: "n", count: length)
    let code: Rejection.Code? = length > 1024 ? .streamTooLong : nil
    #expect(try decode(#"{"v":1}"#, key: name).code == code)
    let json = #"{"a":"\#(name)","v":1}"#
    #expect(try decode(json, settings(stream: ["/a"])).code == code)
    let joined = #"{"a":"\#(name.dropLast(2))","b":"/","v":1}"#
    #expect(
      try decode(joined, settings(stream: ["/a", "/b"])).code
        == (length > 1023 ? .streamTooLong : nil))
  }
}
