/// Where an event stands on the local clock: the slots of the contextual memory that it belongs to.
struct ClockSlots {
  /// Two hours of the day, 0…11.
  let twoHours: Int
  /// The hour of the day, 0…23.
  let hour: Int
  /// The quarter of an hour of the day, 0…95.
  let quarterHour: Int
  /// The hour of a working day or of a day of the weekend, 0…47.
  let weekendHour: Int
  /// The hour of the week from Monday, 0…167.
  let weekHour: Int

  /// Finds the slots of a time, in local time (UTC and the zone's offset).
  init(_ time: ModelTime) {
    let second = Self.floorDivide(time.nanoseconds, 1_000_000_000) + Int64(time.zoneOffset)
    let day = Self.floorDivide(second, 86_400)
    let secondOfDay = Int(second - day * 86_400)
    // 1970 began on a Thursday, day 3 from Monday.
    let weekday = Int(((day + 3) % 7 + 7) % 7)
    twoHours = secondOfDay / 7200
    hour = secondOfDay / 3600
    quarterHour = secondOfDay / 900
    weekendHour = (weekday >= 5 ? 24 : 0) + hour
    weekHour = weekday * 24 + hour
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
