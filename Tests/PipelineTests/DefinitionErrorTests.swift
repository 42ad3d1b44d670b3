import Pipeline
import Testing

@Suite struct DefinitionErrorTests {
  /// Line 8 and 9 of `minimal` are outputs; what a test adds begins at line 10.
  @Test(arguments: [
    (
      "procesing: {batch: 5}",
      "f:10:1: procesing: unknown key (did you mean `processing`?)"
    ),
    (
      "mdoel: {}",
      "f:10:1: mdoel: unknown key (did you mean `model`?)"
    ),
    (
      "processing: {commit_interval: 1s}",
      "f:10:14: processing.commit_interval: unknown key (did you mean `commit-interval`?)"
    ),
    (
      "model:\n  workers: 2",
      "f:11:3: model.workers: unknown key (it belongs under `processing`)"
    ),
    (
      "http: {pipeline: x}",
      "f:10:8: http.pipeline: unknown key (it belongs at the top level)"
    ),
    (
      "comit-interval: 1s",
      "f:10:1: comit-interval: unknown key (did you mean `commit-interval` under `processing`?)"
    ),
    (
      "model: {zzz: 1}",
      "f:10:9: model.zzz: unknown key (valid here: horizon, interval)"
    ),
  ]) func unknownKey(_ added: String, _ error: String) {
    #expect(Loaded(minimal + added).errors == [error])
  }

  @Test func duplicateKey() {
    #expect(
      Loaded(minimal + "model: {interval: 0.9, interval: 0.8}").errors == [
        "f:10:24: model.interval: duplicate key (it already stands in line 10; keep one)"
      ])
    #expect(
      Loaded(minimal + "pipeline: twice").errors == [
        "f:10:1: pipeline: duplicate key (it already stands in line 1; keep one)"
      ])
  }

  @Test(arguments: [
    (
      "model: 5",
      "f:10:8: model: a single value stands where a mapping is expected (write `key: value` "
        + "pairs below it)"
    ),
    (
      "processing: {batch: many}",
      "f:10:21: processing.batch: `many` is not a whole number from 1 to 100000 "
        + "(such as `10000`)"
    ),
    (
      "processing: {batch: \"5\"}",
      "f:10:21: processing.batch: a string stands where a whole number from 1 to 100000 is "
        + "expected "
        + "(remove the quotes)"
    ),
    (
      "processing: {batch: [5]}",
      "f:10:21: processing.batch: a list stands where a whole number from 1 to 100000 is expected "
        + "(such as `10000`)"
    ),
    (
      "processing:\n  batch:",
      "f:11:9: processing.batch: nothing stands where a whole number from 1 to 100000 is expected "
        + "(such as `10000`)"
    ),
    (
      "model: {interval: 0.4}",
      "f:10:19: model.interval: `0.4` is not a number from 0.5 to 0.999 "
        + "(such as `0.95`)"
    ),
    (
      "processing: {guarantee: exactly_onc}",
      "f:10:25: processing.guarantee: `exactly_onc` is not one of exactly_once, at_least_once "
        + "(did you mean `exactly_once`?)"
    ),
    (
      "http: {listen: example.org:80}",
      "f:10:16: http.listen: `example.org:80` is not an address in digits and a port "
        + "(such as `127.0.0.1:9464`)"
    ),
    (
      "state: {directory: \"\"}",
      "f:10:20: state.directory: is empty (give a directory, such as `/var/lib/spnd`)"
    ),
  ]) func wrongValue(_ added: String, _ error: String) {
    #expect(Loaded(minimal + added).errors == [error])
  }

  @Test(arguments: [
    "nan", "inf", "0x1p-1", "1e999", "99999999999999999999", "-1", "0.95.1", "1_0", "٣",
  ]) func numbersThatAreNone(_ text: String) {
    #expect(Loaded(minimal + "model: {interval: \(text)}").errors.count == 1)
    #expect(Loaded(minimal + "processing: {batch: \(text)}").errors.count == 1)
    #expect(Loaded(minimal + "processing: {workers: \(text)}").errors.count == 1)
  }

  @Test func listsAndMappings() {
    #expect(
      Loaded(minimal.replacing("[sensors]", by: "sensors")).errors == [
        "f:5:11: input.topics: a single value stands where a list is expected (write "
          + "`topics: [sensors]`)"
      ])
    #expect(
      Loaded(minimal.replacing("[sensors]", by: "[]")).errors == [
        "f:5:11: input.topics: has 0 entries (give 1 to 100)"
      ])
    #expect(
      Loaded(minimal.replacing("[sensors]", by: "[a, a]")).errors == [
        "f:5:15: input.topics[1]: is the same as entry 1 (keep one)"
      ])
    #expect(
      Loaded(minimal.replacing("{value: /v}", by: "{}")).errors == [
        "f:6:3: input.values: has 0 channels (give 1 to 64, such as `value: /value`)"
      ])
    let many = (0...64).map { "c\($0): /\($0)" }.joined(separator: ", ")
    #expect(
      Loaded(minimal.replacing("{value: /v}", by: "{\(many)}")).errors == [
        "f:6:3: input.values: has 65 channels (give 1 to 64, such as `value: /value`)"
      ])
    #expect(
      Loaded(minimal.replacing("{value: /v}", by: "{a: /v, b: /v}")).errors == [
        "f:6:22: input.values.b: is the field of `a` too (keep one)"
      ])
    #expect(
      Loaded(minimal.replacing("{value: /v}", by: "{a b: /v}")).errors == [
        "f:6:12: input.values.a b: `a b` is not a name of 1 to 100 letters, digits, `.`, "
          + "`_` or `-` "
          + "(such as `plant-a`)"
      ])
  }

  @Test func missingKeys() {
    #expect(
      Loaded("model: {horizon: 1}").errors == [
        "f:1:1: pipeline: is missing (add `pipeline: plant-a`)",
        "f:1:1: kafka: is missing (add a section `kafka:`)",
        "f:1:1: input: is missing (add a section `input:`)",
        "f:1:1: output: is missing (add a section `output:`)",
      ])
    #expect(
      Loaded("pipeline: p\nkafka: {}\ninput: {}\noutput: {}").errors == [
        "f:2:1: kafka.bootstrap.servers: is missing "
          + "(add `bootstrap.servers: HOST:9092`, or `embedded` for a demonstration)",
        "f:3:1: input.topics: is missing (add `topics: [sensors]`)",
        "f:3:1: input.values: is missing (add a section `values:`)",
        "f:4:1: output.dead-letters: is missing (add a section `dead-letters:`)",
        "f:4:1: output.predictions: is missing "
          + "(add at least one of predictions, anomalies, drift, health)",
      ])
    #expect(
      Loaded(minimal.replacing("{topic: alarms}", by: "{}")).errors == [
        "f:8:3: output.anomalies.topic: is missing (add `topic: sensors.anomalies`)"
      ])
    #expect(
      Loaded(minimal.replacing("[sensors]", by: "[sensors]\n  time: {unit: ms}")).errors == [
        "f:6:3: input.time.path: is missing (add `path: /time`, or leave out `unit` and `zone`)"
      ])
  }

  @Test func topicsWithTwoUses() {
    #expect(
      Loaded(minimal.replacing("alarms", by: "sensors")).errors == [
        "f:8:22: output.anomalies.topic: `sensors` is `input.topics[0]` too (give it a "
          + "topic of its own)"
      ])
    #expect(
      Loaded(minimal.replacing("alarms", by: "dead") + "state: {changelog: dead}").errors == [
        "f:9:25: output.dead-letters.topic: `dead` is `output.anomalies.topic` too "
          + "(give it a topic of its own)",
        "f:10:20: state.changelog: `dead` is `output.anomalies.topic` too (give it a topic "
          + "of its own)",
      ])
  }

  @Test func changelogsThatModelsCouldNotFollow() {
    #expect(
      Loaded(minimal.replacing("[sensors]", by: "[a, b]") + "state: {changelog: m}").errors == [
        "f:10:20: state.changelog: names 1 topics for 2 input topics (give a list with a "
          + "changelog for each, in the order of `input.topics`)"
      ])
    #expect(
      Loaded(
        minimal + "state: {changelog: m}\nprocessing: {guarantee: at_least_once}"
      ).errors == [
        "f:10:20: state.changelog: needs the guarantee exactly_once: models and offsets are "
          + "written in one transaction (leave it out)"
      ])
  }

  @Test(arguments: [".", "..", "a/b", "töpic", String(repeating: "a", count: 250)])
  func topicNames(_ name: String) {
    let errors = Loaded(minimal.replacing("[sensors]", by: "[\"\(name)\"]")).errors
    #expect(errors.count == 1 && errors[0].hasPrefix("f:5:12: input.topics[0]: `"))
  }

  @Test(arguments: ["Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "posix/../UTC", "Europe"])
  func zones(_ zone: String) {
    let time = "[sensors]\n  time: {path: /t, zone: \(zone)}"
    #expect(
      Loaded(minimal.replacing("[sensors]", by: time)).errors == [
        "f:6:26: input.time.zone: `\(zone)` is not a time zone of this machine "
          + "(such as `Europe/Berlin`)"
      ])
  }

  @Test func kafkaProperties() {
    let text = minimal.replacing(
      "broker:9092",
      by: "broker:9092\n  lingr.ms: 5\n  isolation.level: x\n  linger.ms: a\n  foo: 1")
    let errors = Loaded(text, kafkaNames: ["linger.ms", "acks", "bootstrap.servers"]) { name, _ in
      switch name {
      case "bootstrap.servers": nil
      case "isolation.level": "is owned by spnd"
      case "linger.ms": "is not a number"
      default: "no such property"
      }
    }.errors
    #expect(
      errors == [
        "f:4:3: kafka.lingr.ms: no such property (did you mean `linger.ms`?)",
        "f:5:3: kafka.isolation.level: is owned by spnd (remove it; see librdkafka's "
          + "CONFIGURATION.md)",
        "f:6:14: kafka.linger.ms: is not a number (correct or remove it; see librdkafka's "
          + "CONFIGURATION.md)",
        "f:7:3: kafka.foo: no such property (remove it; see librdkafka's CONFIGURATION.md)",
      ])
  }

  @Test func tooManyKafkaProperties() {
    let many = (0..<500).map { "\n  p\($0): 1" }.joined()
    #expect(
      Loaded(minimal.replacing("broker:9092", by: "b" + many)).errors == [
        "f:2:1: kafka: has 501 properties (give at most 500)"
      ])
  }

  @Test func kafkaValuesThatAreMissing() {
    #expect(
      Loaded(minimal.replacing("broker:9092", by: "")).errors == [
        "f:3:21: kafka.bootstrap.servers: nothing stands where a value is expected (such as `100`)"
      ])
    #expect(
      Loaded(minimal.replacing("broker:9092", by: "${BROKERS}")).errors == [
        "f:3:22: kafka.bootstrap.servers: the variable `BROKERS` is not set "
          + "(set it, or write ${BROKERS:-default})"
      ])
  }

  /// A group must be what streams' names begin with, so that a stream never changes its group.
  @Test(arguments: [
    (
      "group: /site",
      "input.group: `/site` is not what `input.stream` begins with (name streams by their group "
        + "first: `stream: [/site, /sensor]`)"
    ),
    (
      "stream: [/sensor, /site]\n  group: [/site]",
      "input.group: `/site` is not what `input.stream` begins with (name streams by their group "
        + "first: `stream: [/site, /sensor]`)"
    ),
    (
      "stream: [/site]\n  group: /site",
      "input.group: `/site` names a stream, not a group of them (add to `input.stream` the field "
        + "that tells its streams from each other)"
    ),
    (
      "stream: [/site, /sensor]\n  group: site",
      "input.group: `site` is not a JSON pointer (write `/site`)"
    ),
  ]) func groups(_ added: String, _ error: String) throws {
    let errors = Loaded(minimal.replacing("\ninput:", by: "\ninput:\n  \(added)")).errors
    #expect(errors.count == 1)
    let first = try #require(errors.first)
    #expect(first.hasSuffix(error) && first.hasPrefix("f:"))
  }

  @Test func groupsOfManyChannels() {
    let values = (0..<17).map { "v\($0): /v\($0)" }.joined(separator: ", ")
    let text = minimal.replacing(
      "values: {value: /v}",
      by: "values: {\(values)}\n  stream: [/site, /sensor]\n  group: /site")
    #expect(
      Loaded(text).errors.first?.hasSuffix(
        "input.group: streams of 17 channels have no ear for others (give at most 16 `values`, or "
          + "leave out `group`)") == true)
  }

  @Test func allErrorsAtOnceInTheOrderOfTheFile() {
    let text = minimal.replacing("plant", by: "a b") + "zzz: 1\nmodel: {interval: 2, horizon: 97}\n"
    let places = Loaded(text).errors.map { $0.split(separator: " ")[0] }
    #expect(places == ["f:1:11:", "f:10:1:", "f:11:19:", "f:11:31:"])
  }

  @Test func errorsAreBounded() {
    let text = minimal + (0..<5000).map { "unknown\($0): 1\n" }.joined()
    #expect(Loaded(text).errors.count == DefinitionErrors.countMax)
  }

  @Test func filesThatCannotBeRead() {
    #expect(throws: DefinitionErrors.self) {
      do throws(DefinitionErrors) {
        _ = try Definition.load(path: "/nonexistent/x.yaml", environment: [:])
      } catch {
        #expect(
          error.description
            == "/nonexistent/x.yaml: cannot be read: No such file or directory "
            + "(check the path and its permissions)")
        throw error
      }
    }
    #expect(throws: DefinitionErrors.self) { try Definition.load(path: "/", environment: [:]) }
    #expect(throws: DefinitionErrors.self) {
      try Definition.load(path: "/dev/zero", environment: [:])
    }
  }
}
