import Evaluation
import Testing

@Suite struct ForecastTests {
  private func season(_ count: Int, noise: Double = 0.3) -> Series {
    var random = SplitMix64(seed: 9)
    let values = (0..<count).map { i in
      Double([0, 3, 5, 4, 1, -2, -4, -1][i % 8]) + noise * random.normal()
    }
    return Series(name: "season", values: values, start: 1_700_000_000, spacing: 10_800)
  }

  private func cell(_ report: Report, _ table: Int, _ row: Int, _ key: String) -> Double {
    let found = report.tables[table]
    guard let column = found.columns.firstIndex(where: { $0.key == key }),
      case .number(let number) = found.rows[row][column]
    else { return .nan }
    return number
  }

  @Test func persistenceIsTheUnit() {
    let report = ForecastEvaluation([season(3000)], Settings(), .alone).report()
    #expect(abs(cell(report, 0, 1, "mase") - 1) < 1e-12)
    #expect(abs(cell(report, 0, 1, "error24") - 1) < 1e-12)
    // Eight events make a day, and 24 three.
    #expect(cell(report, 0, 2, "mase") < 0.3)
    #expect(cell(report, 0, 0, "mase") < cell(report, 0, 2, "mase"))
    #expect(cell(report, 0, 0, "error24") < 1.2)
    #expect(abs(cell(report, 0, 0, "coverage") - 0.95) < 0.02)
  }

  @Test func missingValuesAreNotJudged() {
    var series = season(2000)
    for i in stride(from: 150, to: 2000, by: 7) { series.columns[0][i] = .nan }
    let report = ForecastEvaluation([series], Settings(), .alone).report()
    #expect(cell(report, 0, 0, "mase") < 1)
    #expect(report.tables[1].rows.count == 1)
  }

  @Test func channelsAreStreamsOrOneStream() {
    var series = season(1000)
    series.channels = ["a", "b"]
    series.columns.append(series.columns[0].map { 1 - $0 })
    #expect(series.separated.map(\.name) == ["season/a", "season/b"])
    let joint = ForecastEvaluation([series], Settings(), .alone).report()
    let apart = ForecastEvaluation(series.separated, Settings(), .alone).report()
    #expect(joint.tables[1].rows.map { $0[0] } == apart.tables[1].rows.map { $0[0] })
  }

  @Test func theProtocolNeedsFiveMonths() throws {
    #expect(throws: EvaluationError.self) {
      try FSNetProtocol.table([season(3000)], Settings(), .alone)
    }
    let table = try FSNetProtocol.table([season(4000)], Settings(), .alone)
    guard case .number(let ours) = table.rows[0][1], case .number(let naive) = table.rows[1][1]
    else { return #expect(Bool(false)) }
    #expect(ours < 0.1 * naive)
  }
}
