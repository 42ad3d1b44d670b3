import Glibc
import Pipeline
import Testing

/// The forms of values: variables, files, durations, budgets and pointers.
@Suite struct DefinitionTextTests {
  private let environment = ["SET": "x", "EMPTY": "", "N": "7", "TRICK": "a: {b: c}"]

  private func pipeline(_ value: String) -> Loaded {
    Loaded(minimal.replacing("plant", by: value), environment: environment)
  }

  private func directory(_ value: String) -> Loaded {
    Loaded(minimal + "state:\n  directory: \(value)", environment: environment)
  }

  @Test(arguments: [
    ("${SET}", "x"), ("a${SET}b${N}", "axb7"), ("${NONE:-d}", "d"), ("${EMPTY:-d}", "d"),
    ("${SET:-d}", "x"), ("${NONE:-a:-b}", "a:-b"), ("${SET:?m}", "x"), ("$$${SET}", "$x"),
    ("$${SET}", "${SET}"), ("a$", "a$"), ("$a", "$a"), ("${TRICK}", "a: {b: c}"),
    ("'${SET}'", "x"), ("\"${SET}\"", "x"),
  ]) func variables(_ value: String, _ expected: String) {
    #expect(directory(value).definition?.state.directory == expected)
  }

  @Test(arguments: [
    ("${NONE}", "the variable `NONE` is not set (set it, or write ${NONE:-default})"),
    ("${EMPTY}", "is empty (give a directory, such as `/var/lib/spnd`)"),
    (
      "${NONE:?no broker}",
      "the variable `NONE` is not set: no broker (set it, or write ${NONE:-default})"
    ),
    ("${EMPTY:?}", "the variable `EMPTY` is empty (set it, or write ${EMPTY:-default})"),
    ("${SET", "`${` has no end (close it with `}`, or write `$$` for $)"),
    ("${SET:-${N}}", "a variable stands inside another (a default is plain text)"),
    (
      "${1}",
      "`${1}` is not a variable (write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for $)"
    ),
    (
      "${SET:+a}",
      "`${SET:+a}` is not a variable (write ${NAME}, ${NAME:-default} or ${NAME:?message}, "
        + "and $$ for $)"
    ),
  ]) func variablesThatFail(_ value: String, _ error: String) {
    #expect(directory(value).errors == ["f:11:14: state.directory: \(error)"])
  }

  @Test func variablesAreTypedByTheirKey() {
    let quoted = Loaded(minimal + "processing: {batch: \"${N}\"}", environment: environment)
    #expect(quoted.definition?.processing.batch == 7)
    let plain = Loaded(minimal + "processing:\n  batch: ${N}", environment: environment)
    #expect(plain.definition?.processing.batch == 7)
    let unquoted = Loaded(minimal + "processing: {batch: ${N}}", environment: environment).errors
    #expect(unquoted.count == 1 && unquoted[0].contains("put a ${VARIABLE} in quotes"))
  }

  @Test func plainWordsStayText() {
    #expect(pipeline("yes").definition?.pipeline == "yes")
    #expect(pipeline("123").definition?.pipeline == "123")
    #expect(pipeline("'null'").definition?.pipeline == "null")
    #expect(pipeline("null").errors.count == 1)
  }

  @Test func secretsFromFiles() throws {
    let path = "/tmp/spnd-definition-\(getpid())"
    func load(_ content: String) -> Loaded {
      let file = unsafe fopen(path, "w")
      unsafe fputs(content, file)
      unsafe fclose(file)
      let text = minimal.replacing(
        "broker:9092", by: "broker:9092\n  sasl.password: {file: \"${FILE}\"}")
      return Loaded(text, environment: ["FILE": path])
    }
    defer { unsafe unlink(path) }
    for content in ["s3cret", "s3cret\n", "s3cret\r\n"] {
      let definition = try #require(load(content).definition)
      #expect(definition.property("sasl.password") == "s3cret")
      #expect(definition.kafka[1].isSecret)
    }
    #expect(load("$${SET}\n\n").definition?.property("sasl.password") == "$${SET}\n")
    #expect(
      load("").errors == [
        "f:4:25: kafka.sasl.password.file: the file holds no text "
          + "(it must hold the value alone, at most 64 KiB of UTF-8)"
      ])
    #expect(load(String(repeating: "a", count: 65_537)).errors.count == 1)
    unsafe unlink(path)
    let gone = minimal.replacing("broker:9092", by: "b:1\n  a.b: {file: \(path), c: 1}")
    #expect(
      Loaded(gone).errors == [
        "f:4:15: kafka.a.b.file: cannot be read: No such file or directory "
          + "(check the path and its permissions)",
        "f:4:\(17 + path.utf8.count): kafka.a.b.c: unknown key (valid here: file)",
      ])
  }

  private func maxFuture(_ text: String) -> Loaded {
    let time = "[sensors]\n  time: {path: /t, max-future: \(text)}"
    return Loaded(minimal.replacing("[sensors]", by: time))
  }

  @Test(arguments: [
    ("100ms", Duration.milliseconds(100)), ("5s", .seconds(5)), ("1m", .seconds(60)),
    ("1h", .seconds(3600)), ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)),
    ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("0s", .zero), ("090m", .seconds(5400)),
  ]) func durations(_ text: String, _ expected: Duration) throws {
    let definition = try #require(maxFuture(text).definition)
    #expect(definition.input.time.maxFuture == expected)
    let shown = try #require(definition.describe().first { $0.hasPrefix("time ") })
    #expect(text == "090m" || shown.contains("at most \(text) ahead"))
  }

  @Test(arguments: [
    ("5", "`5` has no unit (units are ms, s, m, h and d)"),
    ("1h5", "`1h5` has no unit (units are ms, s, m, h and d)"),
    ("h", "`h` is not a duration (whole numbers with the units ms, s, m, h or d, such as `1h30m`)"),
    (
      "1.5h",
      "`1.5h` is not a duration (whole numbers with the units ms, s, m, h or d, such as `1h30m`)"
    ),
    (
      "-1s",
      "`-1s` is not a duration (whole numbers with the units ms, s, m, h or d, such as `1h30m`)"
    ),
    (
      "5 s",
      "`5 s` is not a duration (whole numbers with the units ms, s, m, h or d, such as `1h30m`)"
    ),
    (
      "5w",
      "`5w` is not a duration (whole numbers with the units ms, s, m, h or d, such as `1h30m`)"
    ),
    (
      "1m1h",
      "the units of `1m1h` are out of order (the largest first and each once, such as `1h30m`)"
    ),
    (
      "1s1s",
      "the units of `1s1s` are out of order (the largest first and each once, such as `1h30m`)"
    ),
    ("9223372036854775807d", "`9223372036854775807d` is too long (such as `1h30m`)"),
    (
      "40000d",
      "`40000d` is not a duration from 0s to 36525d (such as `1h`)"
    ),
  ]) func durationsThatFail(_ text: String, _ error: String) {
    #expect(maxFuture(text).errors == ["f:6:32: input.time.max-future: \(error)"])
  }

  private static let valid: [(text: String, count: Double, seconds: Double)] = [
    ("1 per stream per second", 1, 1), ("2 per stream per minute", 2, 60),
    ("1 per stream per hour", 1, 3600), ("0.5 per stream per day", 0.5, 86_400),
    ("3  per stream per week", 3, 604_800), ("12 per stream per month", 12, 2_629_800),
    ("1 per stream per quarter", 1, 7_889_400), ("1e1 per stream per year", 10, 31_557_600),
    ("1 per stream per 30d", 1, 2_592_000),
    ("0.000001 per stream per 36525d", 0.000001, 3_155_760_000),
    ("1 per stream per 1h30m", 1, 5400),
  ]

  @Test(arguments: valid) func budgets(_ text: String, _ count: Double, _ seconds: Double) throws {
    let definition = try #require(Loaded(minimal + "alerts: {budget: \(text)}").definition)
    let rate = definition.alerts.budget.perSecond
    #expect(abs(rate * seconds / count - 1) < 1e-12)
    let shown = try #require(definition.describe().first { $0.hasPrefix("alerts ") })
    #expect(!text.hasPrefix("1 ") || shown.contains(text + ": one every "))
  }

  @Test(arguments: [
    ("5", "`5` is not a budget (write a number and a period, such as `1 per stream per week`)"),
    (
      "1 per week",
      "`1 per week` is not a budget (write a number and a period, such as `1 per stream per week`)"
    ),
    (
      "0 per stream per week",
      "`0` is not a number of alarms (from 0.000001 to 1000000, such as `0.5 per stream "
        + "per day`)"
    ),
    (
      "nan per stream per week",
      "`nan` is not a number of alarms (from 0.000001 to 1000000, such as `0.5 per "
        + "stream per day`)"
    ),
    ("1 per stream per weeks", "`weeks` is not a period (did you mean `week`?)"),
    (
      "1 per stream per moon",
      "`moon` is not a period (one of second, minute, hour, day, week, month, quarter, year, "
        + "or a duration such as `30d`)"
    ),
    (
      "1 per stream per 0s",
      "`0s` is not a period (one of second, minute, hour, day, week, month, quarter, year, "
        + "or a duration such as `30d`)"
    ),
    (
      "1 per stream per 36526d",
      "`36526d` is not a period (one of second, minute, hour, day, week, month, quarter, year, "
        + "or a duration such as `30d`)"
    ),
    (
      "1e-7 per stream per week",
      "`1e-7` is not a number of alarms (from 0.000001 to 1000000, such as `0.5 per stream "
        + "per day`)"
    ),
    ("1 per stream per 30", "`30` has no unit (units are ms, s, m, h and d)"),
  ]) func budgetsThatFail(_ text: String, _ error: String) {
    #expect(
      Loaded(minimal + "alerts: {budget: \(text)}").errors == ["f:10:18: alerts.budget: \(error)"])
  }

  @Test func pointers() {
    #expect(JSONPointer("")?.tokens == [])
    #expect(JSONPointer("/")?.tokens == [""])
    #expect(JSONPointer("/a/b/0")?.tokens == ["a", "b", "0"])
    #expect(JSONPointer("/a~1b/m~0n/~01")?.tokens == ["a/b", "m~n", "~1"])
    #expect(JSONPointer("/größe/ ")?.tokens == ["größe", " "])
    #expect(JSONPointer("/a~1b")?.text == "/a~1b")
    for text in ["a", " /a", "/~", "/~2", "/a~", "#/a"] { #expect(JSONPointer(text) == nil) }
    #expect(JSONPointer(String(repeating: "/a", count: 32))?.tokens.count == 32)
    #expect(JSONPointer(String(repeating: "/a", count: 33)) == nil)
    #expect(JSONPointer("/" + String(repeating: "a", count: 1024)) == nil)
    #expect(
      Loaded(minimal.replacing("/v", by: "temp")).errors == [
        "f:6:19: input.values.value: `temp` is not a JSON pointer (write `/temp`)"
      ])
  }

  @Test(arguments: [
    ("localhost:80", "127.0.0.1:80"), ("0.0.0.0:65535", "0.0.0.0:65535"), ("\"[::]:9\"", "[::]:9"),
  ]) func endpoints(_ text: String, _ expected: String) {
    let protection = "token-file: t, certificate-file: c, key-file: k"
    let definition = Loaded(minimal + "http: {listen: \(text), \(protection)}").definition
    #expect(definition?.http.listen.description == expected)
  }

  @Test(arguments: [
    ":80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:+1", "::1:80", "1.2.3:4", "'[::1]'",
  ])
  func endpointsThatFail(_ text: String) {
    #expect(Loaded(minimal + "http: {listen: \(text)}").errors.count == 1)
  }
}
