/// The rule by which a zone's clocks change every year: the TZ string of POSIX with RFC 8536's
/// extensions, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule {
  /// The offset of standard time in seconds, positive east of Greenwich.
  private var standard: Int32 = 0
  /// The summer rule, where there is one.
  private var summer: (offset: Int32, start: Change, end: Change)?

  /// A day of the year and a time of that day.
  private struct Change {
    enum Day {
      /// A month, the week of it (5: the last) and the day of the week from Sunday, 0.
      case weekday(month: Int64, week: Int64, day: Int64)
      /// The day 1…365 of the year, 29 February never counted.
      case julian(Int64)
      /// The day 0…365 of the year, 29 February counted.
      case zeroBased(Int64)
    }

    var day: Day
    /// Seconds after local midnight, possibly negative or past a day.
    var time: Int64

    /// The change's local time in seconds since 1970, as if it were UTC.
    func local(in year: Int64) -> Int64 {
      let newYear = CivilTime.day(year: year, month: 1, day: 1)
      let date: Int64 =
        switch day {
        case .julian(let day):
          newYear + day - 1 + (CivilTime.isLeap(year) && day > 59 ? 1 : 0)
        case .zeroBased(let day): newYear + day
        case .weekday(let month, let week, let day):
          weekday(day, week: week, month: month, year: year)
        }
      return date * CivilTime.secondsPerDay + time
    }

    private func weekday(_ day: Int64, week: Int64, month: Int64, year: Int64) -> Int64 {
      let first = CivilTime.day(year: year, month: month, day: 1)
      // 1970-01-01 was a Thursday, 4.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      var ofMonth = (day - firstWeekday + 7) % 7 + (week - 1) * 7
      if ofMonth >= CivilTime.days(in: month, of: year) { ofMonth -= 7 }
      return first + ofMonth
    }
  }

  /// Reads a rule; nil where it is empty or none.
  init?(_ text: [UInt8]) {
    var text = text[...]
    // POSIX counts offsets west of Greenwich.
    guard Self.name(&text), let offset = Self.time(&text) else { return nil }
    standard = -offset
    guard !text.isEmpty else { return }
    guard Self.name(&text) else { return nil }
    let summerOffset = text.first == UInt8(ascii: ",") ? standard + 3600 : Self.time(&text).map(-)
    guard let summerOffset, let start = Self.change(&text), let end = Self.change(&text),
      text.isEmpty
    else { return nil }
    summer = (summerOffset, start, end)
  }

  /// The changes of a year in their order: when, in seconds since 1970, and the offset from then
  /// on.
  func transitions(in year: Int64) -> [(time: Int64, offset: Int32)] {
    guard let summer else { return [] }
    let start = summer.start.local(in: year) - Int64(standard)
    let end = summer.end.local(in: year) - Int64(summer.offset)
    let changes = [(start, summer.offset), (end, standard)]
    return start < end ? changes : changes.reversed()
  }

  private static func name(_ text: inout ArraySlice<UInt8>) -> Bool {
    let length: Int
    if text.first == UInt8(ascii: "<") {
      guard let end = text.firstIndex(of: UInt8(ascii: ">")) else { return false }
      length = end - text.startIndex + 1
    } else {
      length =
        text.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }.count
    }
    text = text.dropFirst(length)
    return length >= 3
  }

  /// Digits, at most four.
  private static func number(_ text: inout ArraySlice<UInt8>) -> Int64? {
    let digits = text.prefix(4).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard !digits.isEmpty else { return nil }
    text = text.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  private static func skip(_ character: UInt8, _ text: inout ArraySlice<UInt8>) -> Bool {
    guard text.first == character else { return false }
    text = text.dropFirst()
    return true
  }

  /// `[+-]h[hh][:mm[:ss]]` in seconds, at most 167 hours.
  private static func time(_ text: inout ArraySlice<UInt8>) -> Int32? {
    let isNegative = skip(UInt8(ascii: "-"), &text)
    if !isNegative { _ = skip(UInt8(ascii: "+"), &text) }
    guard var seconds = number(&text).map({ $0 * 3600 }) else { return nil }
    for unit in [60, 1] as [Int64] where skip(UInt8(ascii: ":"), &text) {
      guard let part = number(&text), part < 60 else { return nil }
      seconds += part * unit
    }
    guard seconds <= 167 * 3600 else { return nil }
    return Int32(isNegative ? -seconds : seconds)
  }

  private static func change(_ text: inout ArraySlice<UInt8>) -> Change? {
    guard skip(UInt8(ascii: ","), &text), let day = day(&text) else { return nil }
    guard skip(UInt8(ascii: "/"), &text) else { return Change(day: day, time: 7200) }
    return time(&text).map { Change(day: day, time: Int64($0)) }
  }

  private static func day(_ text: inout ArraySlice<UInt8>) -> Change.Day? {
    let dot = UInt8(ascii: ".")
    if skip(UInt8(ascii: "M"), &text) {
      guard let month = number(&text), skip(dot, &text), let week = number(&text),
        skip(dot, &text), let day = number(&text),
        (1...12).contains(month), (1...5).contains(week), day <= 6
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
    let isJulian = skip(UInt8(ascii: "J"), &text)
    guard let day = number(&text), day <= 365, !isJulian || day > 0 else { return nil }
    return isJulian ? .julian(day) : .zeroBased(day)
  }
}
