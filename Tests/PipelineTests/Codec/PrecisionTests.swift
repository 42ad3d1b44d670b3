import Testing

@testable import Pipeline

@Suite struct PrecisionTests {
  @Test(arguments: [
    (1.0, 1e4), (2.5, 1e4), (0.99, 1e5), (12, 1e3), (1e4, 1), (3e9, 1), (1e-3, 1e7), (0, .infinity),
    (.nan, .infinity), (.infinity, .infinity),
  ])
  func aTenThousandthOfAnIntervalIsTold(width: Double, parts: Double) {
    #expect(Precision(width: width).parts == parts)
  }

  @Test func digitsBelowItAreDropped() {
    let precision = Precision(width: 2.5)
    #expect(precision.round(74.313_098_037) == 74.3131)
    #expect(precision.round(-74.313_098_037) == -74.3131)
    #expect(precision.round(0.000_04) == 0)
    #expect(Precision.score.round(Float(0.147_651_43)) == 0.147651)
    #expect(Precision.surprise.round(Float(-1.999_96)) == -2)
  }

  @Test func numbersWithoutSuchDigitsStayAsTheyAre() {
    #expect(Precision(width: 1).round(1e12 + 0.125) == 1e12 + 0.125)
    #expect(Precision(width: 0).round(0.1 + 0.2) == 0.1 + 0.2)
    #expect(Precision(width: 1e-300).round(1e300) == 1e300)
    #expect(Precision(width: 1).round(Double.nan).isNaN)
    #expect(Precision(width: 1).round(-Double.infinity) == -.infinity)
  }
}
