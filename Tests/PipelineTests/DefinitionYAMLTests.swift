import Pipeline
import Testing

/// Text that is hostile, broken, or YAML that we do not take.
@Suite struct DefinitionYAMLTests {
  @Test(arguments: [
    ("", "f:1:1: the file is empty (begin with `pipeline: NAME`)"),
    ("# nothing\n", "f:2:1: the file is empty (begin with `pipeline: NAME`)"),
    (
      "[1]",
      "f:1:1: a list stands where a mapping is expected (write `key: value` pairs below it)"
    ),
    (
      "a: &x 1",
      "f:1:4: a: anchors and aliases are not supported (write the value out, or put it in quotes)"
    ),
    (
      "a: *x",
      "f:1:4: a: anchors and aliases are not supported (write the value out, or put it in quotes)"
    ),
    ("<<: {a: 1}", "f:1:1: merge keys are not supported (write the keys out)"),
    (
      "a: !!int 5",
      "f:1:4: a: tags are not supported (leave out the word with `!`, or put the value in quotes)"
    ),
    (
      "? [a]\n: b",
      "f:1:3: a key is a list or a mapping "
        + "(write `key: value`; inside { } and [ ] put a ${VARIABLE} in quotes)"
    ),
    (
      "a:\n\tb: 1",
      "f:2:1: not YAML: found character that cannot start any token "
        + "(indent with spaces, not tabs; quote values with @ ` or %)"
    ),
    (
      "a: b: c",
      "f:1:5: not YAML: mapping values are not allowed in this context "
        + "(quote a value that holds `: `, and check the indentation)"
    ),
    ("a: \"b", "f:1:6: not YAML: found unexpected end of stream (close the quotes)"),
    (
      "a: \"\\ud800\"",
      "f:1:7: not YAML: found invalid Unicode character escape code (check quotes, brackets "
        + "and indentation)"
    ),
  ]) func refused(_ text: String, _ error: String) {
    #expect(Loaded(text).errors == [error])
  }

  @Test func secondDocument() {
    #expect(
      Loaded(minimal + "---\na: 1\n").errors == [
        "f:10:1: a second document begins (one file holds one pipeline)"
      ])
    #expect(Loaded("---\n" + minimal + "...\n").definition != nil)
  }

  @Test func columnsCountCharacters() {
    #expect(
      Loaded(minimal + "\"größe🙂\": 1\nmodel: {\"ü\": 1, x: 1}").errors.map { $0.prefix(9) }
        == ["f:10:1: g", "f:11:9: m", "f:11:17: "])
  }

  @Test func byteOrderMarkAndLineEnds() {
    let text = "\u{FEFF}" + minimal.split(separator: "\n").joined(separator: "\r\n") + "\r\nzzz: 1"
    #expect(Loaded(text).errors.map { $0.prefix(12) } == ["f:10:1: zzz:"])
  }

  @Test func binary() {
    #expect(
      Loaded(bytes: Array("a: b\nü: ".utf8) + [0xFF, 0xFE]).errors == [
        "f:2:4: not YAML: invalid leading UTF-8 octet (save the file as UTF-8)"
      ])
    #expect(
      Loaded(bytes: [0x61, 0x3A, 0x20, 0x00]).errors == [
        "f:1:4: not YAML: control characters are not allowed (remove the character)"
      ])
    #expect(
      Loaded(minimal + "state: {directory: \"a\\0b\"}").errors == [
        "f:10:20: state.directory: holds a zero byte (remove it)"
      ])
  }

  @Test func randomBytesNeverTrap() {
    var state: UInt64 = 0x5EED
    let alphabet = Array("{}[]:,- \n\t\"'#&*!|>%@`?$ab0\u{0}é".utf8)
    for _ in 0..<2000 {
      var bytes = Array(minimal.utf8)
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % bytes.count
        bytes[place] = alphabet[Int((state >> 20) & 0xFFF) % alphabet.count]
      }
      let loaded = Loaded(bytes: bytes)
      #expect(loaded.definition != nil || !loaded.errors.isEmpty, "\(bytes)")
    }
  }

  @Test func depth() {
    let errors = Loaded("a: " + String(repeating: "[", count: 100_000)).errors
    let levels = String(repeating: "[0]", count: 12)
    #expect(
      errors.count == 1
        && errors[0].hasPrefix("f:1:36: a\(levels)")
        && errors[0].hasSuffix(": more than 32 levels (a definition needs four)"))
  }

  @Test func aliasBomb() {
    let bomb = "a: &a [x, x]\n" + (1..<30).map { "a\($0): [*a, *a]\n" }.joined()
    #expect(Loaded(bomb).errors.count == 1)
  }

  @Test func size() {
    let room = (1 << 20) - minimal.utf8.count
    let largest = minimal + "#" + String(repeating: "x", count: room - 1)
    #expect(Loaded(largest).definition != nil)
    #expect(
      Loaded(largest + "x").errors == [
        "f: is larger than 1 MiB (give a definition, not data)"
      ])
  }

  @Test func hugeKeysAndValuesAreNotEchoed() {
    let huge = String(repeating: "k", count: 500_000)
    for text in ["? \(huge)\n: 1", "model: {interval: \(huge)}", "model: {horizon: \"\(huge)\"}"] {
      let errors = Loaded(minimal + text).errors
      #expect(errors.count == 1 && errors.allSatisfy { $0.utf8.count < 400 })
    }
    let controls = Loaded(minimal + "\"\\e[31m\\n\": 1").errors
    #expect(controls.count == 1 && controls[0].contains("\\u{1b}[31m\\u{a}: unknown key"))
  }
}
