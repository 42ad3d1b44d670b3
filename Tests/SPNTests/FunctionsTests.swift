import Glibc
import SPN
import Testing

/// The elementary functions against the C library's in double precision.
struct FunctionsTests {
  @Test func exponentialIsWithinItsBound() {
    var worst = 0.0
    for i in -86_000...86_000 {
      let x = Float(i) / 1000
      let exact = exp(Double(x))
      worst = max(worst, abs(Double(Functions.exp(x)) / exact - 1))
    }
    #expect(worst < 2e-7)
    #expect(Functions.exp(0) == 1)
    #expect(Functions.exp(Float.infinity).isFinite)
    #expect(Functions.exp(-1e30) > 0)
  }

  @Test func floatLogarithmIsWithinItsBound() {
    var worst = 0.0
    for i in stride(from: -80_000, through: 80_000, by: 7) {
      let x = Float(exp(Double(i) / 1000))
      let exact = log(Double(x))
      let error = abs(Double(Functions.log(SIMD8(repeating: x))[3]) - exact)
      worst = max(worst, error / max(1, abs(exact)))
    }
    #expect(worst < 2e-7)
    #expect(Functions.log(SIMD8<Float>(repeating: 1))[0] == 0)
  }

  @Test func tangentIsWithinItsBound() {
    var worst = 0.0
    for i in -20_000...20_000 {
      let x = Float(i) / 1000
      worst = max(worst, abs(Double(Functions.tanh(SIMD8(repeating: x))[7]) - tanh(Double(x))))
    }
    #expect(worst < 3e-7)
  }

  @Test func doubleLogarithmIsWithinItsBound() {
    var worst = 0.0
    for i in stride(from: -690_000, through: 690_000, by: 13) {
      let x = exp(Double(i) / 1000)
      let exact = log(x)
      worst = max(worst, abs(Functions.log(x) - exact) / max(exact.ulp, 1e-18))
    }
    #expect(worst <= 2)
    #expect(Functions.log(1.0) == 0)
  }

  @Test func normalQuantileInvertsTheDistribution() {
    for i in 1..<1000 {
      let probability = Double(i) / 1000
      let back = 0.5 * erfc(-Functions.normalQuantile(probability) / 2.0.squareRoot())
      #expect(abs(back - probability) < 1e-9)
    }
    #expect(Functions.normalQuantile(0) == Functions.normalQuantile(0.001))
    #expect(Functions.normalQuantile(7) == Functions.normalQuantile(0.999))
  }
}
