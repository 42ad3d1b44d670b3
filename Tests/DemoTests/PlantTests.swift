import Demo
import Testing

/// The simulated plant.
struct PlantTests {
  private static func values(seed: UInt64, sensors: Int, ticks: Int) -> [[Double]] {
    var plant = Plant(
      script: FaultScript(sensors: sensors, learningEvents: 0, faults: []), seed: seed)
    return (0..<sensors).map { sensor in
      (0..<ticks).map { plant.value(sensor: sensor, tick: $0) }
    }
  }

  @Test("the same seed gives the same plant, another seed another")
  func deterministic() {
    let first = Self.values(seed: 7, sensors: 24, ticks: 600)
    #expect(first == Self.values(seed: 7, sensors: 24, ticks: 600))
    #expect(first != Self.values(seed: 8, sensors: 24, ticks: 600))
  }

  @Test("a sensor's values do not depend on how the sensors take turns")
  func independentOfOrder() {
    let columns = Self.values(seed: 3, sensors: 8, ticks: 100)
    var plant = Plant(
      script: FaultScript(sensors: 8, learningEvents: 0, faults: []), seed: 3)
    for tick in 0..<100 {
      for sensor in (0..<8).reversed() {
        #expect(plant.value(sensor: sensor, tick: tick) == columns[sensor][tick])
      }
    }
  }

  @Test("every sensor has a name of its own, finite values and a rhythm of a day")
  func rhythm() {
    let plant = Plant(
      script: FaultScript(sensors: 40, learningEvents: 0, faults: []), seed: 1)
    #expect(Set(plant.sensors.map(\.name)).count == 40)
    #expect(plant.sensors[0].name == "plant/temp-000")
    for values in Self.values(seed: 1, sensors: 40, ticks: 5 * Plant.ticksPerDay) {
      #expect(values.allSatisfy { $0.isFinite && $0 >= 0 })
      let day = Self.spread(values, lag: Plant.ticksPerDay)
      let half = Self.spread(values, lag: Plant.ticksPerDay / 2)
      #expect(day < half)
    }
  }

  @Test("the measure of faults is the standard deviation of a healthy sensor")
  func deviation() {
    let ticks = 10 * Plant.ticksPerDay
    let plant = Plant(
      script: FaultScript(sensors: 40, learningEvents: 0, faults: []), seed: 1)
    for (sensor, values) in Self.values(seed: 1, sensors: 40, ticks: ticks).enumerated() {
      let mean = values.reduce(0, +) / Double(ticks)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ticks)
      let ratio = variance.squareRoot() / plant.sensors[sensor].deviation
      #expect(ratio > 0.7 && ratio < 1.4, "sensor \(sensor): \(ratio)")
    }
  }

  @Test("faults change the values as they say, and nothing before or after")
  func faults() {
    let shift = Fault(sensor: 0, kind: .levelShift, start: 100, end: 150, size: 5)
    let stuck = Fault(sensor: 1, kind: .stuck, start: 100, end: 170)
    let ramp = Fault(sensor: 2, kind: .ramp, start: 100, end: 200, size: 4, isLasting: true)
    let script = FaultScript(sensors: 3, learningEvents: 50, faults: [stuck, ramp, shift])
    var plant = Plant(script: script, seed: 5)
    let healthy = Self.values(seed: 5, sensors: 3, ticks: 300)
    let deviations = plant.sensors.map(\.deviation)
    for tick in 0..<300 {
      let offset = (plant.value(sensor: 0, tick: tick) - healthy[0][tick]) / deviations[0]
      #expect(abs(offset - (100..<150 ~= tick ? 5 : 0)) < 0.2)
      let still = plant.value(sensor: 1, tick: tick)
      #expect(still == healthy[1][100..<170 ~= tick ? 99 : tick])
      let climbed = (plant.value(sensor: 2, tick: tick) - healthy[2][tick]) / deviations[2]
      let expected = tick < 100 ? 0 : min(4, 4 * Double(tick - 99) / 100)
      #expect(abs(climbed - expected) < 0.2)
    }
  }

  @Test("the plant's clock starts on a Monday at midnight and steps by five minutes")
  func clock() {
    #expect(EventTime.clock(Plant.time(ofTick: 0)) == "Mon 00:00")
    #expect(EventTime.clock(Plant.time(ofTick: 289)) == "Tue 00:05")
    #expect(Plant.tick(at: Plant.time(ofTick: 1234)) == 1234)
    #expect(Plant.tick(at: Plant.startMilliseconds - 1) == nil)
  }

  /// The mean square of the difference to the value `lag` events before.
  private static func spread(_ values: [Double], lag: Int) -> Double {
    zip(values.dropFirst(lag), values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      / Double(values.count - lag)
  }
}
