/// Finds a stuck sensor: a run of one exact value that the stream's own history of runs makes
/// implausible.
///
/// With p the share of events that repeat the value before, a run of L has probability p^L; it is
/// announced once, when −L ln p > 25, L ≥ 20 and L is more than three times the longest run so far.
/// Counts and other coarse streams have large p and long runs, and stay silent. A run that is
/// longer than the others is evidence before it is announced.
struct FlatRun: ~Copyable {
  private var length: Float
  private var longest: Float
  private var repeats: Float
  private var changes: Float
  private var isAnnounced: Float
  private var reserved: Float

  /// The evidence for an anomaly in the run so far, 0…8: how much less probable it is than the
  /// longest of as many runs as were seen, in nats, times a share.
  var evidence: Double {
    guard length > longest, changes > 50 else { return 0 }
    let surprise = improbability - Functions.log(Double(changes + 1))
    return min(max(Constants.flatShare * surprise, 0), 8)
  }

  /// Notes one event, and gives the run's length where it has just become implausible.
  mutating func learn(isRepeat: Bool, event: Observation) -> Int? {
    guard isRepeat else {
      close()
      return nil
    }
    length += 1
    guard isAnnounced == 0, event.count > Constants.flatWarmup, length >= Constants.flatRunMin,
      length > 3 * longest, changes > 50
    else { return nil }
    guard improbability > Double(Constants.flatSurprise) else { return nil }
    isAnnounced = 1
    return Int(length)
  }

  /// −L ln p.
  private var improbability: Double {
    Double(length) * -Functions.log(Double((repeats + 1) / (repeats + changes + 2)))
  }

  private mutating func close() {
    longest = max(longest * (1 - Constants.flatForgetting), length)
    repeats += length
    changes += 1
    length = 0
    isAnnounced = 0
    // Halving forgets slowly, so that a stream that becomes coarser is learned.
    if repeats + changes > 4000 {
      repeats *= 0.5
      changes *= 0.5
    }
  }
}
