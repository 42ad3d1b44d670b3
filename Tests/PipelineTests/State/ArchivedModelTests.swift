import Evaluation
import Pipeline
import Testing

@Suite struct ArchivedModelTests {
  @Test func bytesOfEveryLengthReadBackAndAreThoseOfTheStandard() {
    // RFC 4648, section 10.
    let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foobar": "Zm9vYmFy"]
    for (bytes, text) in vectors {
      #expect(Base64.encode(Array(bytes.utf8)) == Array(text.utf8))
    }
    var random = SplitMix64(seed: 3)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = Base64.encode(bytes)
      let decoded = Base64.decode(text.span)
      #expect(decoded == bytes)
    }
  }

  @Test(arguments: ["Zg=", "Z===", "Zg=a", "Zh==", "Zm9=", "Zm 9", "=Zg=", "Zg==Zg=="])
  func whatIsNoBase64IsRefused(_ text: String) {
    let text = Array(text.utf8)
    let decoded = Base64.decode(text.span)
    #expect(decoded == nil)
  }

  @Test func aFileReadsBackWithNamesThatAreNoText() throws {
    let models = [
      ArchivedModel(topic: "a\"b", partition: 3, key: Array("plant/ä".utf8), form: [1, 2, 255]),
      ArchivedModel(topic: "t", partition: 0, key: [0xFF, 0x00], form: []),
    ]
    var writer = JSONWriter()
    for model in models { model.write(into: &writer) }
    let read = try ArchivedModel.read(writer.bytes).get()
    #expect(read == models)
    let none = try ArchivedModel.read(Span()).get()
    #expect(none.isEmpty)
  }

  @Test func theFirstLineThatIsNoModelIsNamed() {
    let good = #"{"topic":"t","partition":1,"stream":"s","model":"Zg=="}"# + "\n"
    let bad = [
      "{}\n", "\n", "x\n", #"{"topic":"t","partition":1,"stream":"s","model":"Zg"}"# + "\n",
      #"{"topic":"t","partition":1.5,"stream":"s","model":"Zg=="}"# + "\n",
      #"{"topic":"t","partition":9999999999,"stream":"s","model":"Zg=="}"# + "\n",
      #"{"topic":"t","partition":1,"stream":"s","key":7,"model":"Zg=="}"# + "\n",
      String(good.dropLast()),
    ]
    for line in bad {
      let lines = Array((good + line + good).utf8)
      let result = ArchivedModel.read(lines.span)
      guard case .failure(let bad) = result else {
        Issue.record("taken: \(line)")
        continue
      }
      #expect(bad.number == 2, "\(line)")
    }
  }
}
