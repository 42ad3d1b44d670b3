/// The volume under the surface of precision and recall over buffers around the windows (VUS-PR;
/// Paparrizos et al., "Volume Under the Surface", VLDB 2022).
///
/// A threshold-free measure of one series: 1 is perfect, the share of labelled events is what
/// random scores get. The area is taken at 250 thresholds for buffers of 0, 25, 50, 75 and 100
/// events, and averaged.
package enum VUSPR {
  private static let buffers = [0, 25, 50, 75, 100]
  private static let thresholdCount = 250

  /// The volume; NaN where there are no windows.
  package static func of(scores: [Float], windows: [ClosedRange<Int>]) -> Double {
    guard !windows.isEmpty, !scores.isEmpty else { return .nan }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    let areas = buffers.map { area(order, scores, Surroundings(windows, scores.count, buffer: $0)) }
    return areas.reduce(0, +) / Double(areas.count)
  }

  /// The area under precision over recall for one buffer, thresholds going down the sorted events.
  private static func area(_ order: [Int], _ scores: [Float], _ labels: Surroundings) -> Double {
    var area = 0.0
    var recallBefore = 0.0
    var taken = 0
    var truePositives = 0.0
    var bufferMass = 0.0
    var isHit = Array(repeating: false, count: labels.segmentCount)
    var hits = 0
    for step in 0..<thresholdCount {
      let threshold = scores[order[(order.count - 1) * step / (thresholdCount - 1)]]
      while taken < order.count, scores[order[taken]] >= threshold {
        let event = order[taken]
        taken += 1
        let segment = labels.segments[event]
        guard segment >= 0 else { continue }
        truePositives += labels.weights[event]
        if labels.weights[event] < 1 { bufferMass += labels.weights[event] }
        if !isHit[segment] { (isHit[segment], hits) = (true, hits + 1) }
      }
      let positives = (labels.positives + labels.positives + bufferMass) / 2
      let existence = Double(hits) / Double(labels.segmentCount)
      let recall = min(truePositives / positives, 1) * existence
      area += (recall - recallBefore) * truePositives / Double(taken)
      recallBefore = recall
    }
    return area
  }

  /// Windows with soft edges.
  private struct Surroundings {
    /// 1 in windows, √(1 − distance/buffer) within half a buffer, 0 elsewhere.
    var weights: [Double]
    /// The merged window and its edges that an event belongs to, or −1.
    var segments: [Int]
    var segmentCount = 0
    /// Events in windows.
    var positives = 0.0

    init(_ windows: [ClosedRange<Int>], _ count: Int, buffer: Int) {
      weights = Array(repeating: 0, count: count)
      segments = Array(repeating: -1, count: count)
      var reached = -1
      for window in windows {
        let first = max(window.lowerBound - buffer / 2, 0)
        let last = min(window.upperBound + buffer / 2, count - 1)
        if first > reached { segmentCount += 1 }
        for i in first...last {
          let distance = max(window.lowerBound - i, i - window.upperBound, 0)
          let edge = buffer > 0 ? (1 - Double(distance) / Double(buffer)).squareRoot() : 1
          weights[i] = min(1, weights[i] + edge)
          segments[i] = segmentCount - 1
        }
        reached = max(reached, last)
      }
      for window in windows { positives += Double(window.count) }
    }
  }
}
