extension Definition.Alerts {
  /// Whether a deviation is on the side and of the size that the operator cares about.
  func cares(value: Double, expected: Double) -> Bool {
    let deviation = value - expected
    switch direction {
    case .both: break
    case .up where deviation <= 0: return false
    case .down where deviation >= 0: return false
    case .up, .down: break
    }
    return abs(deviation) >= minAbsolute && abs(deviation) >= minRelative * abs(expected)
  }
}
