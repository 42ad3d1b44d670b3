import Admin
import Client
import Foundation
import Pipeline
import Synchronization
import Testing

/// All models over HTTP.
@Suite struct ModelTests {
  private let all = "GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

  /// Answers as the only worker would until a test is over.
  private final class Answering: Sendable {
    private let isOver = Atomic(false)

    init(_ served: Served, _ answer: @escaping @Sendable (Question.Kind) -> Question.Answer?) {
      let observatory = served.observatory
      let worker = Thread { [self] in
        while !isOver.load(ordering: .relaxed) {
          if let question = observatory.nextQuestion(to: 0) {
            question.answer(answer(question.kind))
          } else {
            sched_yield()
          }
        }
      }
      worker.start()
    }

    func end() { isOver.store(true, ordering: .relaxed) }
  }

  private func model(_ name: String, bytes: Int = 100) -> ArchivedModel {
    ArchivedModel(
      topic: "sensors", partition: 3, key: Array(name.utf8),
      form: (0..<bytes).map { UInt8(truncatingIfNeeded: $0) })
  }

  private func models(_ body: String) throws -> [ArchivedModel] {
    try ArchivedModel.read(Array(body.utf8).span).get()
  }

  @Test("they come page after page, larger than a buffer, in the order that workers give")
  func pages() throws {
    let served = try Served()
    served.show()
    let sent = (0..<5).map { [model("a\($0)", bytes: 30_000), model("b\($0)")] }
    let asked = Atomic(0)
    let worker = Answering(served) { kind in
      guard case .page(let request) = kind else { return nil }
      let index = asked.add(1, ordering: .relaxed).oldValue
      // A page may be empty, while models are still being saved.
      let models = index % 2 == 0 ? [] : sent[index / 2]
      return .page(ModelPage(models: models, next: index < 9 ? request : nil))
    }
    defer { worker.end() }
    let reply = try #require(served.client.hold(all)?.read { _ in false })
    #expect(reply.contains("200 OK"))
    #expect(reply.contains("Content-Type: application/x-ndjson"))
    let body = try #require(dechunked(reply))
    #expect(try models(body) == sent.flatMap(\.self))
    #expect(served.client.get("/v1/models", method: "HEAD")?.status == 200)
  }

  @Test("where workers cannot go on, the reply has no end")
  func broken() throws {
    let served = try Served()
    served.show()
    let asked = Atomic(0)
    let worker = Answering(served) { kind in
      guard case .page(let request) = kind else { return nil }
      guard asked.add(1, ordering: .relaxed).oldValue == 0 else {
        return .unchanged("the partition is being restored", mayPass: true)
      }
      return .page(ModelPage(models: [self.model("a")], next: request))
    }
    defer { worker.end() }
    let connection = try #require(served.client.hold(all))
    let reply = connection.read { _ in false }
    #expect(reply.contains("\"stream\":\"a\""))
    #expect(dechunked(reply) == nil)
    #expect(connection.isClosed())
  }

  @Test("they are not begun while models are being restored, nor for many at a time")
  func refusals() throws {
    let served = try Served()
    #expect(served.client.get("/v1/models")?.status == 503)
    served.show(position: 5, speaksFrom: 8)
    #expect(served.client.get("/v1/models")?.body.contains("restores 1 of 1") == true)
    #expect(served.client.get("/v1/models?pipeline=other")?.status == 404)
    served.show()
    // Nobody answers these two, which wait for their first page.
    let held = [served.client.hold(all), served.client.hold(all)]
    var asked = 0
    while asked < 2 {
      if served.observatory.nextQuestion(to: 0) != nil { asked += 1 }
      sched_yield()
    }
    #expect(served.client.get("/v1/models")?.status == 503)
    withExtendedLifetime(held) {}
  }

  @Test("workers that take too long end the reply")
  func slowWorkers() throws {
    let clock = MovedClock()
    let served = try Served(clock: clock)
    served.show()
    let connection = try #require(served.client.hold(all))
    while served.observatory.nextQuestion(to: 0) == nil { sched_yield() }
    clock.advance(seconds: 29)
    served.server.tick()
    clock.advance(seconds: 1)
    let reply = connection.read { _ in
      served.server.tick()
      return false
    }
    #expect(dechunked(reply) == nil)
    #expect(connection.isClosed())
  }

  @Test("bodies share a room, which those that are over give back")
  func room() throws {
    let served = try Served()
    served.observatory.end(0)
    func put(_ body: String, of count: Int) -> String {
      "PUT /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        + "Content-Length: \(count)\r\n\r\n\(body)"
    }
    let most = String(repeating: "x", count: (16 << 20) - 1)
    // Not within an expectation, which would tell the whole body when it fails.
    func putMost() -> Int? { served.client.send(put(most + "\n", of: 16 << 20))?.status }
    let room = served.server.bodyRoom
    do {
      // All but their last byte.
      let held = (0..<4).map { _ in served.client.hold(put(most, of: 16 << 20)) }
      // A body that comes while others are still coming may take the room of one of them.
      waitForRoom(4, of: served)
      #expect(served.client.send(put("xx\n", of: 3))?.status == 400)
      #expect(putMost() == 413)
      withExtendedLifetime(held) {}
    }
    waitForRoom(room, of: served)
    #expect(putMost() == 400)
  }

  /// Waits until so many bytes are left for bodies.
  private func waitForRoom(_ count: Int, of served: Served) {
    let deadline = ContinuousClock.now + .seconds(120)
    while served.server.bodyRoom != count, ContinuousClock.now < deadline { sched_yield() }
    #expect(served.server.bodyRoom == count)
  }

  /// The body of a reply in chunks; nil where its end has not come.
  private func dechunked(_ reply: String) -> String? {
    guard let head = reply.firstRange(of: "\r\n\r\n") else { return nil }
    var rest = reply.utf8[head.upperBound...]
    var body: [UInt8] = []
    while let end = rest.firstIndex(of: 13) {
      guard let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16)
      else { return nil }
      if count == 0 { return String(decoding: body, as: UTF8.self) }
      let chunk = rest[end...].dropFirst(2).prefix(count)
      guard chunk.count == count else { return nil }
      body += chunk
      rest = rest[chunk.endIndex...].dropFirst(2)
    }
    return nil
  }
}
