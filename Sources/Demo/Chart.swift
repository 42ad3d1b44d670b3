/// The last values of one stream against what was expected of them, drawn with Braille dots on a
/// shaded band.
package struct Chart: Sendable {
  /// One event.
  package struct Point: Sendable {
    package var value: Double
    package var lower: Double
    package var upper: Double
    package var isAnomaly: Bool

    package init(value: Double, lower: Double, upper: Double, isAnomaly: Bool = false) {
      self.value = value
      self.lower = lower
      self.upper = upper
      self.isAnomaly = isAnomaly
    }
  }

  /// Points kept: two a column of a very wide terminal.
  package static let pointsMax = 600

  /// The stream that is drawn.
  package private(set) var stream: String
  package private(set) var points: [Point] = []

  package init(stream: String) {
    self.stream = stream
  }

  /// Adds the next event, forgetting the oldest beyond `pointsMax`.
  package mutating func append(_ point: Point) {
    guard point.value.isFinite else { return }
    if points.count >= Self.pointsMax { points.removeFirst(Self.pointsMax / 4) }
    points.append(point)
  }

  /// The name of the stream, its last value and what was expected of it.
  package var title: StyledLine {
    var line = StyledLine(stream, .accent)
    guard let last = points.last else {
      line.add("  waiting for its events", .dim)
      return line
    }
    line.add("  \(last.value.formattedBriefly)", last.isAnomaly ? .bad : .bold)
    if last.lower.isFinite, last.upper.isFinite {
      line.add(
        "  expected \(last.lower.formattedBriefly) … \(last.upper.formattedBriefly)", .dim)
    }
    return line
  }

  /// The drawing, `rows` lines of `columns` characters with two events each.
  package func lines(columns: Int, rows: Int) -> [StyledLine] {
    let shown = Array(points.suffix(2 * columns))
    guard columns > 0, rows > 0, let range = Self.range(of: shown) else {
      return Array(repeating: StyledLine(), count: max(0, rows))
    }
    let scale = Double(4 * rows - 1) / (range.upperBound - range.lowerBound)
    // The row of dots of a value, from 0 at the top.
    func dot(_ value: Double) -> Int {
      let height = (min(max(value, range.lowerBound), range.upperBound) - range.lowerBound) * scale
      return 4 * rows - 1 - Int(height.rounded())
    }
    return (0..<rows).map { row in
      var line = StyledLine()
      for first in stride(from: 0, to: shown.count, by: 2) {
        let pair = shown[first..<min(first + 2, shown.count)]
        line.add(Self.cell(pair, row: row, dot: dot), Self.style(pair, row: row, dot: dot))
      }
      return line
    }
  }

  /// The values' range with room above and below; the band may reach beyond it and is cut there.
  private static func range(of points: [Point]) -> ClosedRange<Double>? {
    guard let least = points.map(\.value).min(), let most = points.map(\.value).max() else {
      return nil
    }
    let room = max((most - least) * 0.15, most.magnitude * 1e-6, 1e-9)
    let range = (least - room)...(most + room)
    return (range.upperBound - range.lowerBound).isFinite ? range : nil
  }

  /// The character of one row for two events: Unicode's Braille patterns number their dots by bits.
  private static func cell(
    _ pair: ArraySlice<Point>, row: Int, dot: (Double) -> Int
  ) -> String {
    let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    var pattern: UInt32 = 0
    for (column, point) in pair.enumerated() {
      let place = dot(point.value)
      if place / 4 == row { pattern |= bits[column][place % 4] }
    }
    guard pattern > 0, let scalar = Unicode.Scalar(0x2800 + pattern) else { return " " }
    return String(Character(scalar))
  }

  private static func style(
    _ pair: ArraySlice<Point>, row: Int, dot: (Double) -> Int
  ) -> StyledLine.Style {
    let here = pair.filter { dot($0.value) / 4 == row }
    let isOutside = here.contains { $0.isAnomaly || $0.value < $0.lower || $0.value > $0.upper }
    let isBand = pair.contains {
      $0.lower.isFinite && $0.upper.isFinite && dot($0.upper) / 4 <= row
        && dot($0.lower) / 4 >= row
    }
    if isBand { return isOutside ? .outside : .band }
    return isOutside ? .bad : .good
  }
}
