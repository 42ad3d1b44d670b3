import Evaluation
import Pipeline
import Testing

@Suite struct CodecZoneTests {
  @Test func berlinChangesInSpringAndAutumn() throws {
    var berlin = try ZoneRules("Europe/Berlin")
    // 2026-03-29T01:00Z and 2026-10-25T01:00Z.
    #expect(berlin.offset(at: 1_774_745_999) == 3600)
    #expect(berlin.offset(at: 1_774_746_000) == 7200)
    #expect(berlin.offset(at: 1_792_889_999) == 7200)
    #expect(berlin.offset(at: 1_792_890_000) == 3600)
    #expect(berlin.offset(at: 1_774_745_999) == 3600)
  }

  @Test func gapsAndOverlapsHaveOneAnswer() throws {
    var berlin = try ZoneRules("Europe/Berlin")
    // The clocks go from 02:00 to 03:00: 02:30 is read as 03:30 summer time.
    #expect(berlin.utc(local: 1_774_751_400) == 1_774_747_800)
    #expect(berlin.utc(local: 1_774_749_599) == 1_774_745_999)
    #expect(berlin.utc(local: 1_774_753_200) == 1_774_746_000)
    // They go from 03:00 to 02:00: of two 02:30 the first is taken.
    #expect(berlin.utc(local: 1_792_895_400) == 1_792_888_200)
    #expect(berlin.utc(local: 1_792_897_200) == 1_792_893_600)
    #expect(berlin.utc(local: 1_792_893_599) == 1_792_886_399)
  }

  @Test func theSouthHasItsSummerInJanuary() throws {
    var sydney = try ZoneRules("Australia/Sydney")
    #expect(sydney.offset(at: 1_767_225_600) == 39_600)
    #expect(sydney.offset(at: 1_782_864_000) == 36_000)
  }

  @Test func rulesReachBeyondTheTable() throws {
    var berlin = try ZoneRules("Europe/Berlin")
    // 2040-03-25T01:00Z, 2040-10-28T01:00Z, 2199-07-01.
    #expect(berlin.offset(at: 2_216_249_999) == 3600)
    #expect(berlin.offset(at: 2_216_250_000) == 7200)
    #expect(berlin.offset(at: 2_234_998_799) == 7200)
    #expect(berlin.offset(at: 2_234_998_800) == 3600)
    #expect(berlin.offset(at: 7_242_220_800) == 7200)
    var sydney = try ZoneRules("Australia/Sydney")
    #expect(sydney.offset(at: 2_208_988_800) == 39_600)
    #expect(sydney.offset(at: 2_224_713_600) == 36_000)
  }

  @Test func everyLocalTimeComesBack() throws {
    for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"] {
      var zone = try ZoneRules(name)
      var generator = SplitMix64(seed: 3)
      for _ in 0..<20_000 {
        let seconds = Int64.random(in: 0..<7_000_000_000, using: &generator)
        let local = seconds + Int64(zone.offset(at: seconds))
        let back = zone.utc(local: local)
        // Only an overlap has another answer, and that shows the same local time earlier.
        #expect(back + Int64(zone.offset(at: back)) == local, "\(name) at \(seconds)")
        #expect(back <= seconds, "\(name) at \(seconds)")
      }
    }
  }

  @Test func utcNeedsNoFile() throws {
    var utc = try ZoneRules("UTC", directory: "/nonexistent")
    #expect(utc.offset(at: 1_782_864_000) == 0)
    #expect(utc.utc(local: 1_782_864_000) == 1_782_864_000)
    #expect(utc == .utc)
  }

  @Test(arguments: [
    "", "Europe/Atlantis", "/etc/passwd", "../../../etc/passwd", "Europe/../Europe/Berlin",
    "./Europe/Berlin", "Europe", "Europe/Berlin;", "tzdata.zi", "Europe/Ber lin",
    String(repeating: "a", count: 5000),
  ])
  func whatIsNoZoneIsAConfigurationError(name: String) {
    let error = #expect(throws: PipelineError.self) { try ZoneRules(name) }
    #expect(error?.code == .configuration)
    #expect(error?.subject.hasPrefix("time zone") == true)
  }
}

/// Zone files made here: the slim form, and damaged ones.
@Suite struct CodecZoneFileTests {
  /// A file without transitions whose footer is the whole rule.
  private func slim(footer: String) -> [UInt8] {
    func header(types: UInt8, characters: UInt8) -> [UInt8] {
      Array("TZif2".utf8) + Array(repeating: 0, count: 15)
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, types, 0, 0, 0, characters]
    }
    // One type: −18,000 s, not summer time, abbreviation at 0.
    let type: [UInt8] = [0xFF, 0xFF, 0xB9, 0xB0, 0, 0]
    return header(types: 0, characters: 0) + header(types: 1, characters: 4) + type
      + Array("EST\0\n".utf8) + Array(footer.utf8) + [UInt8(ascii: "\n")]
  }

  @Test(arguments: [
    // The second Sunday of March and the first of November, at 2 o'clock.
    ("EST5EDT,M3.2.0,M11.1.0", 1_772_953_200, 1_793_512_800),
    ("<-05>5<-04>,M3.2.0/2,M11.1.0/2:00:00", 1_772_953_200, 1_793_512_800),
    // The same days of 2026 as days of the year.
    ("EST5EDT,J67,J305", 1_772_953_200, 1_793_512_800),
    ("EST5EDT,66/2,304/2", 1_772_953_200, 1_793_512_800),
    // An hour of the day before, and one past the day.
    ("EST5EDT4,M3.2.0/-22,M11.1.0/26", 1_772_866_800, 1_793_599_200),
  ])
  func theFootersRuleHolds(footer: String, start: Int64, end: Int64) throws {
    var zone = try #require(ZoneRules("Zone", contents: slim(footer: footer)))
    #expect(zone.offset(at: start - 1) == -18_000)
    #expect(zone.offset(at: start) == -14_400)
    #expect(zone.offset(at: end - 1) == -14_400)
    #expect(zone.offset(at: end) == -18_000)
  }

  @Test func withoutARuleTheLastOffsetHolds() throws {
    for footer in ["", "EST5", "nonsense", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M1.1.0"] {
      var zone = try #require(ZoneRules("Zone", contents: slim(footer: footer)))
      #expect(zone.offset(at: 0) == -18_000, "\(footer)")
      #expect(zone.offset(at: 7_000_000_000) == -18_000, "\(footer)")
    }
  }

  @Test func damagedFilesAreRefusedOrReadButNeverTrap() {
    let good = slim(footer: "EST5EDT,M3.2.0,M11.1.0")
    for length in 0..<good.count { _ = ZoneRules("Zone", contents: Array(good[..<length])) }
    #expect(ZoneRules("Zone", contents: Array(good[..<90])) == nil)
    #expect(ZoneRules("Zone", contents: Array("#!/bin/sh\n".utf8)) == nil)
    var generator = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      var read = ZoneRules("Zone", contents: bytes)
      _ = read?.offset(at: 1_782_864_000)
      _ = read?.utc(local: 1_782_864_000)
    }
  }
}
