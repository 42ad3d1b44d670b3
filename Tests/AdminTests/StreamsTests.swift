import Admin
import Client
import Glibc
import Pipeline
import Testing

/// What is told of streams: lists, page by page, and events as they come.
@Suite struct StreamsTests {
  private func summary(_ name: String, score: Float, seconds: Int64) -> StreamSummary {
    StreamSummary(
      name: Array(name.utf8), partition: TopicPartition(topic: 0, partition: 3), events: 7,
      lastTime: seconds * 1_000_000_000, score: score, isAnomalous: score > 0.9,
      isLearning: score < 0.1)
  }

  /// Asks for a page, and answers as the only worker would.
  private func page(_ served: Served, _ query: String) throws -> String {
    let request = "GET /v1/streams?\(query) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    let connection = try #require(served.client.hold(request))
    var question = served.observatory.nextQuestion(to: 0)
    while question == nil {
      sched_yield()
      question = served.observatory.nextQuestion(to: 0)
    }
    guard case .streams(let order, let count) = question?.kind else { return "" }
    let all = [
      summary("b", score: 0.5, seconds: 3), summary("a", score: 0.5, seconds: 4),
      summary("c", score: 0.95, seconds: 1), summary("d\"", score: 0, seconds: 5),
    ].sorted { $0.precedes($1, in: order) }
    question?.answer(.streams(Array(all.prefix(count))))
    return connection.read { _ in false }
  }

  @Test("streams come page by page, the strangest or the latest first, names between equals")
  func pages() throws {
    let served = try Served()
    let stream = /"stream":"((?:[^"\\]|\\.)*)"/
    func names(_ query: String) throws -> [String] {
      try page(served, query).matches(of: stream).map { String($0.1) }
    }
    #expect(try names("") == ["c", "a", "b", #"d\""#])
    #expect(try names("sort=last_seen") == [#"d\""#, "a", "b", "c"])
    #expect(try names("sort=score&limit=2") == ["c", "a"])
    #expect(try names("sort=score&limit=2&offset=1") == ["a", "b"])
    #expect(try page(served, "limit=2").contains(#""offset":0,"more":true"#))
    #expect(try page(served, "limit=2&offset=2").contains(#""offset":2,"more":false"#))
    // What is beyond the bounds is brought within them.
    #expect(try names("limit=0") == ["c"])
    #expect(try names("offset=-5&limit=100000").count == 4)
    let first = try page(served, "limit=1")
    #expect(
      first.contains(
        #"{"stream":"c","topic":"sensors","partition":3,"events":7,"#
          + #""last_seen":"1970-01-01T00:00:01Z","score":0.95,"state":"anomalous"}"#))
  }

  private func events(after id: String = "") -> String {
    let header = id.isEmpty ? "" : "Last-Event-ID: \(id)\r\n"
    return "GET /v1/events HTTP/1.1\r\nHost: a\r\n\(header)\r\n"
  }

  private func tell(_ served: Served, _ number: Int) {
    let notice = Notice(output: .drift, stream: [0x61], json: Array("{\"n\":\(number)}".utf8))
    served.observatory.publish(WorkerReport(), notices: [notice], worker: 0, clock: FixedClock())
  }

  @Test("events come as they are told, and a client that comes back hears those that it missed")
  func live() throws {
    let served = try Served()
    tell(served, 1)
    let connection = try #require(served.client.hold(events()))
    let first = connection.read { $0.contains("}\n\n") }
    #expect(first.contains("Content-Type: text/event-stream"))
    let id = try #require(first.firstMatch(of: /id: (\S+)\nevent: drift\ndata: (.*)\n/))
    #expect(id.2 == #"{"pipeline":"plant","seen":1700000001000,"event":{"n":1}}"#)
    tell(served, 2)
    let second = connection.read { text in
      served.server.tick()
      return text.contains("}\n\n")
    }
    #expect(second.contains("\"n\":2") && !second.contains("\"n\":1"))
    let again = try #require(served.client.hold(events(after: String(id.1))))
    let missed = again.read { $0.contains("}\n\n") }
    #expect(missed.contains("\"n\":2") && !missed.contains("\"n\":1"))
  }

  @Test("a client of a daemon that has been started since hears all that this one has told")
  func restarted() throws {
    let served = try Served()
    tell(served, 1)
    for id in ["1600000000000-1", "1600000000000-900", "7", "a-b"] {
      let connection = try #require(served.client.hold(events(after: id)))
      #expect(connection.read { $0.contains("}\n\n") }.contains("\"n\":1"), "\(id)")
    }
  }

  @Test("no more event streams than there may be")
  func limit() throws {
    let served = try Served()
    tell(served, 1)
    let held = try (0..<16).map { _ in
      let connection = try #require(served.client.hold(events()))
      #expect(connection.read { $0.contains("}\n\n") }.contains("200 OK"))
      return connection
    }
    #expect(served.client.get("/v1/events")?.status == 503)
    #expect(served.client.get("/livez")?.status == 200)
    withExtendedLifetime(held) {}
  }
}
