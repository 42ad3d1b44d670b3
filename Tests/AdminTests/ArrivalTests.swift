import Admin
import Client
import Testing

/// How long a request may take to come.
@Suite struct ArrivalTests {
  private let clock = MovedClock()

  /// A server that knows of every connection made so far.
  private func served() throws -> Served { try Served(clock: clock) }

  private func settle(_ served: Served) {
    // Connections are taken in the order in which they were made.
    #expect(served.client.get("/version")?.status == 200)
  }

  @Test(
    "a request that comes a little at a time is cut off in the end",
    arguments: [
      "GET /version HTTP/1.1\r\nHost: a\r\nX-Slow: ",
      "PUT /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
    ])
  func slow(_ beginning: String) throws {
    let served = try served()
    let connection = try #require(served.client.hold(beginning))
    settle(served)
    for _ in 0..<59 {
      clock.advance(seconds: 1)
      served.server.tick()
      #expect(connection.write("a"))
    }
    settle(served)
    clock.advance(seconds: 1)
    served.server.tick()
    #expect(connection.isClosed())
    settle(served)
  }

  @Test("a request that is whole in time is answered, and so is the next on its connection")
  func inTime() throws {
    let served = try served()
    let connection = try #require(served.client.hold("GET /version HTTP/1.1\r\nHost: a\r\n"))
    settle(served)
    for _ in 0..<3 {
      clock.advance(seconds: 59)
      served.server.tick()
      #expect(connection.write("\r\n"))
      #expect(connection.read { $0.contains("}") }.contains("200 OK"))
      // Its reply was over before the next connection's began.
      settle(served)
      #expect(connection.write("GET /version HTTP/1.1\r\nHost: a\r\n"))
    }
  }

  @Test("who hears events is heard for as long as it likes")
  func events() throws {
    let served = try served()
    let request = "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n"
    let connection = try #require(served.client.hold(request))
    #expect(connection.read { $0.contains(": spnd") }.contains("200 OK"))
    // Once another is answered, this one rests.
    settle(served)
    clock.advance(seconds: 1000)
    served.server.tick()
    #expect(connection.read { $0.contains(": alive") }.contains(": alive"))
  }
}
