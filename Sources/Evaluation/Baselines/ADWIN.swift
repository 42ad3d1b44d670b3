import Glibc

/// The ADaptive WINdow detector (Bifet and Gavaldà 2007), a baseline: keeps as long a window as its
/// two parts agree in their mean.
///
/// The variant with an exponential histogram that river uses, with its settings: a check every 32
/// values, 5 buckets a row, parts of at least 5 values, and a new window after an alarm.
package struct ADWIN {
  /// Values in a row of buckets: 2^row each.
  private struct Bucket {
    var total: Double
    var variance: Double
  }

  private let delta: Double
  /// Rows from the newest, each with its oldest bucket first.
  private var rows: [[Bucket]] = [[]]
  private var width = 0.0
  private var total = 0.0
  private var variance = 0.0
  private var ticks = 0

  private static let clock = 32
  private static let bucketsMax = 5
  private static let partMin = 5.0
  private static let widthMin = 10.0

  /// - Parameter delta: the chance of a false alarm at one check.
  package init(delta: Double = 0.002) { self.delta = delta }

  /// Takes the next value; true where the window can be cut.
  package mutating func detects(_ value: Double) -> Bool {
    insert(value)
    ticks += 1
    guard ticks % Self.clock == 0, width > Self.widthMin else { return false }
    guard hasCut() else { return false }
    self = ADWIN(delta: delta)
    return true
  }

  private mutating func insert(_ value: Double) {
    rows[0].append(Bucket(total: value, variance: 0))
    width += 1
    if width > 1 {
      let distance = value - total / (width - 1)
      variance += (width - 1) * distance * distance / width
    }
    total += value
    var row = 0
    while rows[row].count > Self.bucketsMax {
      if row + 1 == rows.count { rows.append([]) }
      let (a, b) = (rows[row][0], rows[row][1])
      let size = Self.size(row)
      let distance = (a.total - b.total) / size
      rows[row + 1].append(
        Bucket(
          total: a.total + b.total,
          variance: a.variance + b.variance + size * distance * distance / 2))
      rows[row].removeFirst(2)
      row += 1
    }
  }

  /// Whether the window can be cut, oldest buckets first, into parts with different means.
  private func hasCut() -> Bool {
    var older = (count: 0.0, total: 0.0)
    for row in rows.indices.reversed() {
      for bucket in rows[row] {
        older.count += Self.size(row)
        older.total += bucket.total
        let newer = (count: width - older.count, total: total - older.total)
        guard newer.count >= Self.partMin, older.count >= Self.partMin else { continue }
        let difference = older.total / older.count - newer.total / newer.count
        if abs(difference) > bound(older.count, newer.count) { return true }
      }
    }
    return false
  }

  private func bound(_ older: Double, _ newer: Double) -> Double {
    let confidence = log(2 * log(width) / delta)
    let inverse = 1 / (older - Self.partMin + 1) + 1 / (newer - Self.partMin + 1)
    return (2 * inverse * (variance / width) * confidence).squareRoot()
      + 2 / 3 * confidence * inverse
  }

  private static func size(_ row: Int) -> Double { Double(1 << row) }
}
