internal import SPN

/// The course of the streams that somebody looks at: their last events with what was expected.
///
/// Bounded: the streams that were asked for last, and each one's last events. Nothing is kept of
/// the others.
struct Courses {
  /// One event of a stream's channel.
  struct Point {
    let offset: Int64
    let time: Int64
    let outcome: Outcome
    let isAnomalous: Bool
    /// The attention's weights over the experts.
    let attention: [Double]
  }

  /// One stream's channel that is followed.
  fileprivate struct Course {
    let stream: [UInt8]
    let channel: Int
    var points: [Point] = []
    /// The number of the first point, from 1.
    var first: Int64 = 1
  }

  private static let coursesMax = 8
  private static let pointsMax = 1200

  /// The one asked for last is the last.
  private var courses: [Course] = []

  /// Whether nobody looks at any stream.
  var isEmpty: Bool { courses.isEmpty }

  /// Follows a stream from now on, for as long as it is among the last asked for.
  mutating func follow(_ stream: [UInt8], channel: Int) {
    let known = courses.firstIndex { $0.stream == stream && $0.channel == channel }
    courses.append(known.map { courses.remove(at: $0) } ?? Course(stream: stream, channel: channel))
    if courses.count > Self.coursesMax { courses.removeFirst() }
  }

  /// The points after a number, with the number of the first of them.
  func points(of stream: [UInt8], channel: Int, after: Int64) -> (first: Int64, points: [Point]) {
    guard let course = courses.first(where: { $0.stream == stream && $0.channel == channel })
    else { return (1, []) }
    let skipped = Int(clamping: max(0, after + 1 - course.first))
    return (course.first + Int64(skipped), Array(course.points.dropFirst(skipped)))
  }

  /// Notes an event of a stream, if somebody looks at it.
  mutating func note(
    _ outcomes: [Outcome], of stream: Span<UInt8>, at time: Int64, offset: Int64,
    _ block: StreamBlock, _ model: borrowing StreamModel
  ) {
    for index in courses.indices where stream.elementsEqual(courses[index].stream) {
      let channel = courses[index].channel
      guard !outcomes[channel].value.isNaN else { continue }
      let point = Point(
        offset: offset, time: time, outcome: outcomes[channel],
        isAnomalous: block[alertOf: channel].isOpen,
        attention: model.attribution(channel: channel).experts.map(\.weight))
      courses[index].add(point, max: Self.pointsMax)
    }
  }
}

extension Courses.Course {
  /// Adds a point; what a rolled back transaction had said is taken back.
  fileprivate mutating func add(_ point: Courses.Point, max: Int) {
    while let last = points.last, last.offset >= point.offset { points.removeLast() }
    points.append(point)
    // Not one by one, since moving the rest costs.
    guard points.count > max + max / 4 else { return }
    first += Int64(points.count - max)
    points.removeFirst(points.count - max)
  }
}

extension Span<UInt8> {
  /// Whether the bytes are those of an array.
  func elementsEqual(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
