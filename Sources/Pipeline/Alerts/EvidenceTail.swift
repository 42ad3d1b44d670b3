internal import SPN

/// The tail of a channel's own evidence, from which the alarm level for a wanted alarm rate
/// follows.
///
/// Peaks over a fixed threshold with an exponential excess (Pickands 1975, shape 0), both decayed
/// and starting from a fixed prior: P(evidence > L) = r·exp(−(L − u)/m). One alarm lasts for a run
/// of high evidence, so that a run counts as one peak, its highest, and ends with as many calm
/// events as an alarm does (runs declustering: Leadbetter et al. 1989). All zero is a new tail.
package struct EvidenceTail {
  /// Runs above the threshold per event.
  private var rate: Float = 0
  /// Mean excess of a run's peak over the threshold.
  private var excess: Float = 0
  /// Events seen, and runs above the threshold, saturating.
  private var events: UInt32 = 0
  private var peaks: UInt32 = 0
  /// The highest evidence of the run that goes on, or 0, and the calm events since it.
  private var runPeak: Float = 0
  private var calmEvents: UInt32 = 0

  /// The fixed alarm level, score 0.5: the level never falls below it.
  package static let fixedLevel = Outcome.alarmEvidence
  private static let threshold: Float = 0.9
  private static let priorRate: Float = 0.02
  private static let priorExcess: Float = 0.5
  /// What the priors weigh, in events and in peaks.
  private static let priorEvents: Float = 200
  private static let priorPeaks: Float = 10
  /// The memory, in events and in peaks.
  private static let eventsMax: Float = 5000
  private static let peaksMax: Float = 100

  package init() {}

  /// Learns one event's evidence.
  package mutating func observe(_ evidence: Float) {
    if events == 0 {
      rate = Self.priorRate
      excess = Self.priorExcess
    }
    if events < .max { events += 1 }
    let peak = peak(endedBy: evidence)
    let step = 1 / min(Float(events) + Self.priorEvents, Self.eventsMax)
    rate += step * ((peak == nil ? 0 : 1) - rate)
    guard let peak else { return }
    if peaks < .max { peaks += 1 }
    let peakStep = 1 / min(Float(peaks) + Self.priorPeaks, Self.peaksMax)
    // Winsorised: one true anomaly must not buy silence for the next.
    excess += peakStep * (min(peak - Self.threshold, 4 * excess) - excess)
  }

  /// Follows the run, and gives its peak where this event ends it.
  private mutating func peak(endedBy evidence: Float) -> Float? {
    if evidence > Self.threshold {
      runPeak = max(runPeak, evidence)
      calmEvents = 0
      return nil
    }
    guard runPeak > 0 else { return nil }
    calmEvents += 1
    guard calmEvents >= AlertState.calmEventsToResolve else { return nil }
    defer { runPeak = 0 }
    return runPeak
  }

  /// The evidence that the peaks of runs exceed with probability `probability` per event, at least
  /// the fixed level.
  package func level(exceededWithProbability probability: Double) -> Float {
    guard events > 0 else { return Self.fixedLevel }
    let ratio = Double(rate) / max(probability, 1e-12)
    guard ratio > 1 else { return Self.fixedLevel }
    return max(Self.fixedLevel, Self.threshold + excess * Float(Functions.log(ratio)))
  }
}
