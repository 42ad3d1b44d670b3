import Demo
import Testing

/// How much a run does.
struct PlanTests {
  @Test("a minute is 3,000 events a sensor at 10,000 a second; shorter runs go faster")
  func pace() {
    #expect(Plan(seconds: 60).rate == 10_000)
    #expect(Plan(seconds: 60).ticks == 3000)
    #expect(Plan(seconds: 60).tickNanoseconds == 20_000_000)
    #expect(Plan(seconds: 30).rate == 20_000)
    #expect(Plan(seconds: 5).rate == 20_000)
    #expect(Plan(seconds: 600).rate == 10_000)
    #expect(Plan(seconds: 60, sensors: 20).rate == 1000)
    #expect(Plan().seconds == Plan.secondsMax)
  }

  @Test("what is out of bounds is brought into them")
  func bounds() {
    let plan = Plan(seconds: 0, sensors: -1, rate: 0)
    #expect(plan.seconds == 1 && plan.sensors == 1 && plan.rate == 1 && plan.ticks == 1)
    #expect(Plan(seconds: 9999, sensors: 9999, rate: .max).ticks > 0)
    #expect(Plan(seconds: 60, rate: 200_000).inFlightMax == 20_000)
  }
}
