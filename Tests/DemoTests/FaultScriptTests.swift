import Demo
import Testing

/// The script of faults and its promises.
struct FaultScriptTests {
  @Test("the same seed and length give the same script", arguments: [1, 99] as [UInt64])
  func deterministic(seed: UInt64) {
    let first = FaultScript(sensors: 200, events: 3000, seed: seed)
    #expect(first.faults == FaultScript(sensors: 200, events: 3000, seed: seed).faults)
    #expect(first.faults != FaultScript(sensors: 200, events: 3000, seed: seed + 1).faults)
  }

  @Test("a minute has 50 to 110 faults of every kind on a quarter to a half of the sensors")
  func density() {
    for seed in UInt64(1)...20 {
      let script = FaultScript(sensors: 200, events: 3000, seed: seed)
      let touched = script.faults.count { !$0.isEmpty }
      #expect(50...110 ~= script.all.count, "seed \(seed): \(script.all.count) faults")
      #expect(50...100 ~= touched, "seed \(seed): \(touched) sensors")
      #expect(script.faults.allSatisfy { $0.count <= 2 }, "seed \(seed)")
      #expect(Set(script.all.map(\.kind)).count == Fault.Kind.allCases.count, "seed \(seed)")
    }
  }

  @Test("faults come after the learning time, apart, and with windows inside the run")
  func spacing() {
    for seed in UInt64(1)...5 {
      for events in [400, 3000, 20_000] {
        let script = FaultScript(sensors: 100, events: events, seed: seed)
        #expect(script.learningEvents == min(events * 2 / 5, 1440))
        for faults in script.faults {
          for fault in faults {
            #expect(fault.start >= script.learningEvents && fault.window.upperBound <= events)
            #expect(fault.window == fault.start..<(fault.end + Fault.toleranceEvents))
          }
          for (fault, next) in zip(faults, faults.dropFirst()) {
            #expect(next.start - fault.recovery.upperBound >= FaultScript.gapEvents)
          }
        }
      }
    }
  }

  @Test("sizes are what an operator sees: 3 to 8 deviations, noise times 4, stuck for 60 events")
  func sizes() {
    for fault in FaultScript(sensors: 2000, events: 3000, seed: 4).all {
      switch fault.kind {
      case .levelShift: #expect(3...6 ~= abs(fault.size))
      case .ramp: #expect(4...6 ~= abs(fault.size) && fault.end - fault.start >= 100)
      case .variance: #expect(fault.size == 4)
      case .stuck: #expect(fault.end - fault.start >= 60)
      case .spike: #expect(5...8 ~= abs(fault.size) && 1...3 ~= fault.end - fault.start)
      }
    }
  }

  @Test("lasting changes never carry a level further than one of them does")
  func lasting() {
    for faults in FaultScript(sensors: 50, events: 100_000, seed: 2).faults {
      var level = 0.0
      for fault in faults where fault.isLasting {
        level += fault.size
        #expect(abs(level) <= 6)
      }
    }
  }

  @Test("runs too short for a fault have none")
  func short() {
    #expect(FaultScript(sensors: 200, events: 20, seed: 1).all.isEmpty)
    #expect(FaultScript(sensors: 0, events: 3000, seed: 1).all.isEmpty)
    #expect(FaultScript(sensors: 10, events: 0, seed: 1).all.isEmpty)
  }
}
