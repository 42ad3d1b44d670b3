import Pipeline
import SPN
import Testing

@Suite struct CodecTimeTests {
  /// Decodes an event with the time `json` and a record's timestamp of −1, so that nothing is too
  /// far ahead.
  private func time(
    _ json: String, _ unit: Definition.Time.Unit, zone: ZoneRules = .utc, timestamp: Int64 = -1
  ) throws -> Decoded {
    try decode(
      #"{"t":\#(json),"v":1}"#, settings(time: "/t", unit: unit, zone: zone),
      timestamp: timestamp)
  }

  @Test func numbersAreReadInEveryUnit() throws {
    let instant: Int64 = 1_700_000_000_123_456_789
    let cases: [(Definition.Time.Unit, String, Int64)] = [
      (.seconds, "1700000000", 1_700_000_000_000_000_000),
      (.seconds, "1700000000.123", 1_700_000_000_123_000_000),
      (.seconds, "1.7e9", 1_700_000_000_000_000_000),
      (.seconds, #""1700000000.123456789""#, instant),
      (.seconds, #"" 1700000000.1234567899 ""#, instant),
      (.milliseconds, "1700000000123", 1_700_000_000_123_000_000),
      (.milliseconds, "1700000000123.456", 1_700_000_000_123_456_000),
      (.milliseconds, #""1700000000123.456789""#, instant),
      (.microseconds, "1700000000123456", 1_700_000_000_123_456_000),
      (.microseconds, #""1700000000123456.789""#, instant),
      (.nanoseconds, "1700000000123456789", instant),
      (.nanoseconds, #""1700000000123456789""#, instant),
      (.nanoseconds, #""1.700000000123456789e18""#, instant),
    ]
    for (unit, json, expected) in cases {
      let found = try time(json, unit)
      #expect(found.rejection == nil, "\(json) \(unit)")
      #expect(found.time == ModelTime(nanoseconds: expected), "\(json) \(unit)")
    }
  }

  @Test func textIsReadAsRFC3339() throws {
    let cases: [(String, Int64)] = [
      ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
      ("2023-11-14t22:13:20z", 1_700_000_000_000_000_000),
      ("2023-11-14 22:13:20.5Z", 1_700_000_000_500_000_000),
      ("2023-11-14T22:13:20.123456789Z", 1_700_000_000_123_456_789),
      ("2023-11-14T22:13:20.123456789999Z", 1_700_000_000_123_456_789),
      ("2023-11-14T23:13:20+01:00", 1_700_000_000_000_000_000),
      ("2023-11-14T16:43:20-0530", 1_700_000_000_000_000_000),
      ("2023-11-15T00:13:20+02", 1_700_000_000_000_000_000),
      ("2023-11-14T22:13:20", 1_700_000_000_000_000_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
      ("2017-01-01T00:59:60.25+01:00", 1_483_228_800_250_000_000),
    ]
    for (text, expected) in cases {
      let found = try time(#""\#(text)""#, .rfc3339)
      #expect(found.rejection == nil, "\(text)")
      #expect(found.time.nanoseconds == expected, "\(text)")
    }
  }

  @Test(arguments: [
    "", "now", "2023-11-14", "2023-11-14T22:13", "2023-11-14T22:13:20X", "2023-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z", "2023-04-31T00:00:00Z",
    "2023-01-00T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z",
    "2023-01-01T12:00:60Z", "2016-12-31T23:59:60+01:00", "2023-01-01T00:00:00.Z",
    "2023-01-01T00:00:00+24:00", "2023-01-01T00:00:00+01:60", "2023-01-01T00:00:00+1",
    "2023-01-01T00:00:00Zx", "23-01-01T00:00:00Z", "２０23-01-01T00:00:00Z",
  ])
  func whatTheCalendarLacksIsRejected(text: String) throws {
    #expect(try time(#""\#(text)""#, .rfc3339).code == .timeFormat)
  }

  @Test func theRangeIsFrom1970To2199() throws {
    let cases: [(String, Definition.Time.Unit, Rejection.Code?)] = [
      (#""1970-01-01T23:59:59.999999999Z""#, .rfc3339, .timeRange),
      (#""1970-01-02T00:00:00Z""#, .rfc3339, nil),
      (#""2199-12-31T23:59:59.999999999Z""#, .rfc3339, nil),
      (#""2200-01-01T00:00:00Z""#, .rfc3339, .timeRange),
      (#""9999-12-31T23:59:59Z""#, .rfc3339, .timeRange),
      (#""0000-01-01T00:00:00Z""#, .rfc3339, .timeRange),
      ("86399", .seconds, .timeRange), ("86400", .seconds, nil),
      ("0", .seconds, .timeRange), ("-1", .seconds, .timeRange), ("-1", .milliseconds, .timeRange),
      ("7258118399", .seconds, nil), ("7258118400", .seconds, .timeRange),
      ("9223372036854775807", .seconds, .timeRange), ("-9223372036854775808", .seconds, .timeRange),
      ("18446744073709551615", .nanoseconds, .timeRange), ("1e300", .seconds, .timeRange),
      (#""1e99999""#, .seconds, .timeRange), (#""1e-99999""#, .seconds, .timeRange),
      (#""99999999999999999999999999999999999999999999""#, .nanoseconds, .timeRange),
    ]
    for (json, unit, code) in cases {
      #expect(try time(json, unit).code == code, "\(json) \(unit)")
    }
  }

  @Test func aWrongUnitIsNamed() throws {
    let found = try time("1700000000000000000", .milliseconds)
    #expect(found.code == .timeRange)
    #expect(
      found.message.contains(
        "as ns it would be 2023-11-14T22:13:20Z: set input.time.unit: ns"))
    let cases: [(String, Definition.Time.Unit, String)] = [
      ("1700000000", .milliseconds, "unit: s"), ("1700000000", .nanoseconds, "unit: s"),
      ("1700000000000", .seconds, "unit: ms"), ("1700000000000", .microseconds, "unit: ms"),
      ("1700000000000000", .milliseconds, "unit: us"), (#""1700000000""#, .milliseconds, "unit: s"),
    ]
    for (json, unit, remedy) in cases {
      let found = try time(json, unit)
      #expect(found.code == .timeRange, "\(json) \(unit)")
      #expect(found.message.contains(remedy), "\(found.message)")
    }
  }

  @Test func otherTypesAreNamedWithTheirRemedy() throws {
    let number = try time("1700000000000", .rfc3339)
    #expect(number.code == .timeType)
    #expect(number.message.contains("set input.time.unit: ms"))
    let digits = try time(#""1700000000000""#, .rfc3339)
    #expect(digits.code == .timeFormat)
    #expect(digits.message.contains("set input.time.unit: ms"))
    let text = try time(#""2023-11-14T22:13:20Z""#, .seconds)
    #expect(text.code == .timeFormat)
    #expect(text.message.contains("set input.time.unit: rfc3339"))
    for json in ["true", "{}", "[]"] {
      #expect(try time(json, .seconds).code == .timeType)
      #expect(try time(json, .rfc3339).code == .timeType)
    }
    for json in [#""""#, #""12a""#, #""1.""#, #"".5""#, #""-""#, #""1e""#, #""nan""#, #""0x10""#] {
      #expect(try time(json, .seconds).code == .timeFormat, "\(json)")
    }
  }

  @Test func aMissingTimeIsRejected() throws {
    #expect(try time("null", .seconds).code == .timeMissing)
    let found = try decode(#"{"v":1}"#, settings(time: "/t"))
    #expect(found.code == .timeMissing)
    #expect(found.message.contains("/t is missing"))
  }

  @Test func aTimeAheadOfItsRecordIsRejected() throws {
    var rules = settings(time: "/t", unit: .milliseconds)
    rules.maxFuture = 60_000_000_000
    let cases: [(String, Int64, Rejection.Code?)] = [
      ("1700000060000", 1_700_000_000_000, nil),
      ("1700000060001", 1_700_000_000_000, .timeFuture),
      ("1600000000000", 1_700_000_000_000, nil),
      ("1700000060001", -1, nil),
      ("1700000060001", .max, nil),
      ("1700000060001", 0, .timeFuture),
    ]
    for (json, timestamp, code) in cases {
      let found = try decode(#"{"t":\#(json),"v":1}"#, rules, timestamp: timestamp)
      #expect(found.code == code, "\(json) at \(timestamp)")
    }
    let found = try decode(#"{"t":1700000060001,"v":1}"#, rules)
    #expect(found.message.contains("2023-11-14T22:14:20.001Z"))
  }

  @Test func withoutAFieldTheRecordsTimestampIsTheTime() throws {
    #expect(try decode(#"{"v":1}"#).time.nanoseconds == 1_700_000_000_000_000_000)
    #expect(try decode(#"{"v":1}"#, timestamp: -1).code == .timeMissing)
    #expect(try decode(#"{"v":1}"#, timestamp: 0).code == .timeRange)
    #expect(try decode(#"{"v":1}"#, timestamp: .max).code == .timeRange)
    let micro = try decode(#"{"v":1}"#, timestamp: 1_700_000_000_000_000)
    #expect(micro.code == .timeRange)
    #expect(micro.message.contains("send milliseconds"))
  }

  @Test func timesWithoutAnOffsetAreReadInTheZone() throws {
    let berlin = try ZoneRules("Europe/Berlin")
    let summer = try time(#""2026-07-01T12:00:00""#, .rfc3339, zone: berlin)
    #expect(summer.time.nanoseconds == 1_782_900_000_000_000_000)
    #expect(summer.time.zoneOffset == 7200)
    let given = try time(#""2026-07-01T12:00:00-05:00""#, .rfc3339, zone: berlin)
    #expect(given.time.nanoseconds == 1_782_925_200_000_000_000)
    #expect(given.time.zoneOffset == 7200)
    let winter = try time("1767225600", .seconds, zone: berlin)
    #expect(winter.time == ModelTime(nanoseconds: 1_767_225_600_000_000_000, zoneOffset: 3600))
  }
}
