/// What a run of the demonstration came to.
package struct Summary: Sendable {
  /// What went in, and what became of it; every event ends in exactly one of the dispositions.
  package struct Flow: Equatable, Sendable {
    /// Events that the broker has acknowledged.
    package var events = 0
    package var predictions = 0
    package var late = 0
    package var duplicates = 0
    package var deadLetters = 0

    package init() {}

    /// Events without a disposition.
    package var lost: Int { max(0, events - answered) }
    /// Dispositions beyond one an event.
    package var repeated: Int { max(0, answered - events) }
    /// Events that have ended in a disposition.
    package var answered: Int { predictions + late + duplicates + deadLetters }
  }

  /// One line of the table of faults.
  package struct Row: Sendable {
    package let name: String
    package let tally: Scoreboard.Tally
  }

  package let seconds: Double
  package let seed: UInt64
  package let flow: Flow
  package let streams: Int
  package let total: Scoreboard.Tally
  package let rows: [Row]
  /// Alarms and drifts that no fault explains.
  package let falseAlarms: Int
  /// How many of those were drifts, and how many came while the models were still learning.
  package let falseDrifts: Int
  package let falseInLearning: Int
  package let recoveries: Int

  /// - Parameters:
  ///   - ticks: events that every sensor of the plant has sent.
  ///   - seconds: from the first event to the last result.
  package init(
    scoreboard: Scoreboard, ticks: Int, flow: Flow, streams: Int, seconds: Double, seed: UInt64
  ) {
    self.seconds = seconds
    self.seed = seed
    self.flow = flow
    self.streams = streams
    total = scoreboard.tally(ticks: ticks)
    rows = Fault.Kind.allCases.map {
      Row(name: $0.rawValue, tally: scoreboard.tally(of: $0, ticks: ticks))
    }
    falseAlarms = scoreboard.falseCount
    falseDrifts = scoreboard.falseDrifts
    falseInLearning = scoreboard.falseInLearning
    recoveries = scoreboard.recoveries
  }

  /// Events a second over the whole run.
  package var eventsPerSecond: Double { seconds > 0 ? Double(flow.events) / seconds : 0 }

  /// False alarms for every ten thousand events.
  package var falsePerTenThousand: Double {
    flow.events > 0 ? Double(falseAlarms) * 10_000 / Double(flow.events) : 0
  }
}
