import Admin
import Client
import Foundation
import Pipeline
import Synchronization
import Testing

/// A clock that others move.
final class MovedClock: Clock {
  private let seconds = Atomic<UInt64>(1)

  func millisecondsSince1970() -> Int64 { 1_700_000_000_000 }
  func monotonicNanoseconds() -> UInt64 { seconds.load(ordering: .relaxed) * 1_000_000_000 }
  func advance(seconds: UInt64) { self.seconds.add(seconds, ordering: .relaxed) }
}

/// A clock that stands where it is put.
struct FixedClock: Clock {
  var seconds: UInt64 = 1

  func millisecondsSince1970() -> Int64 { 1_700_000_000_000 + Int64(seconds) * 1000 }
  func monotonicNanoseconds() -> UInt64 { seconds * 1_000_000_000 }
}

/// A pipeline that nobody works on, and its server on a port of its own.
struct Served {
  let observatory: Observatory
  let server: Server

  init(at seconds: UInt64 = 1, _ change: (inout Definition.HTTP) -> Void = { _ in }) throws {
    try self.init(clock: FixedClock(seconds: seconds), change)
  }

  init(clock: some Clock, _ change: (inout Definition.HTTP) -> Void = { _ in }) throws {
    let channel = Definition.Channel(name: "t", pointer: try #require(JSONPointer("/t")))
    var definition = Definition(
      pipeline: "plant", kafka: [],
      input: Definition.Input(topics: ["sensors"], values: [channel]),
      output: Definition.Outputs(deadLetters: "dead"))
    definition.http.listen.port = 0
    change(&definition.http)
    observatory = Observatory(definition: definition, workers: 1, clock: FixedClock())
    let site = Site(
      pipelines: [observatory], version: "1.2.3", libraries: [("librdkafka", "2.0.2")],
      clock: clock)
    server = try Server(definition.http, site: site)
  }

  var client: Client { Client(port: server.port) }

  /// Shows a worker that has joined and has one partition.
  func show(
    position: Int64 = 10, speaksFrom: Int64 = 0, lag: Int64? = 0, committed: Int64? = nil,
    unsavable: Int64 = 0, models: Int64 = 0, toLoad: Int = 0, at seconds: UInt64 = 1
  ) {
    var report = WorkerReport()
    report.counters.unsavable = unsavable
    report.isJoined = true
    report.counters.received = 10
    report.counters.predicted = 9
    report.counters.deadLettered = 1
    report.latency.observe(seconds: 0.02, count: 10)
    report.partitions = [
      PartitionReport(
        partition: TopicPartition(topic: 0, partition: 3), position: position,
        speaksFrom: speaksFrom, committed: committed ?? position, lag: lag,
        eventTime: 5_000_000_000, streams: 2, isLoading: toLoad > 0, toLoad: toLoad, watermark: 1)
    ]
    report.counters.modelsToLoad = Int64(toLoad)
    report.counters.loadedStreams = toLoad > 0 ? Int64(5000 - toLoad) : models
    observatory.publish(report, notices: [], worker: 0, clock: FixedClock(seconds: seconds))
  }
}

@Suite struct ServerTests {
  @Test("alive at once, ready when everything that was given is restored")
  func readiness() throws {
    let served = try Served()
    #expect(served.client.get("/livez")?.status == 200)
    #expect(served.client.get("/readyz")?.status == 503)
    served.show(position: 5, speaksFrom: 8)
    let restoring = served.client.get("/readyz")
    #expect(restoring?.status == 503)
    #expect(
      restoring?.body.contains("plant: restores 1 of 1 partitions, 3 records left") == true)
    #expect(served.client.get("/healthz")?.body.contains(#""restoring":1"#) == true)
    served.show(position: 8, speaksFrom: 8)
    #expect(served.client.get("/readyz")?.status == 200)
    served.observatory.end(0)
    #expect(served.client.get("/readyz")?.status == 503)
  }

  @Test("a worker that no longer goes round its loop is not alive, whatever the cluster does")
  func liveness() throws {
    let served = try Served(at: 100)
    served.observatory.beat(0, now: 41_000_000_000)
    #expect(served.client.get("/livez")?.status == 200)
    served.observatory.beat(0, now: 40_000_000_000)
    #expect(served.client.get("/livez")?.status == 503)
    // It is over, and the daemon ends by itself.
    served.observatory.end(0)
    #expect(served.client.get("/livez")?.status == 200)
  }

  @Test("a partition's metrics say how it moves, and are gone with the partition")
  func partitions() throws {
    let served = try Served()
    func text() throws -> String { try #require(served.client.get("/metrics")).body }
    let labels = #"{pipeline="plant",topic="sensors",partition="3"}"#
    served.show(position: 5, speaksFrom: 8, lag: 7, committed: 3, at: 10)
    #expect(try !text().contains("spnd_last_record_processed_timestamp_seconds\(labels)"))
    #expect(try !text().contains("spnd_state_restore_duration_seconds\(labels)"))
    #expect(try text().contains("\nspnd_state_restore_remaining_records\(labels) 3\n"))
    #expect(try text().contains("\nspnd_kafka_consumer_lag_committed\(labels) 9\n"))
    #expect(try text().contains("\nspnd_state_replay_records\(labels) 4\n"))
    served.show(position: 8, speaksFrom: 8, at: 14)
    for _ in 0..<2 {
      let last = "spnd_last_record_processed_timestamp_seconds\(labels) 1700000014\n"
      #expect(try text().contains(last))
      #expect(try text().contains("\nspnd_state_restore_duration_seconds\(labels) 4\n"))
      served.show(position: 8, speaksFrom: 8, at: 20)
    }
    var report = WorkerReport()
    report.isJoined = true
    served.observatory.publish(report, notices: [], worker: 0, clock: FixedClock())
    #expect(try !text().contains(labels))
    // What it had is not what another time brings.
    served.show(position: 9, speaksFrom: 0, at: 30)
    #expect(try !text().contains("spnd_last_record_processed_timestamp_seconds\(labels)"))
    #expect(try text().contains("\nspnd_state_restore_duration_seconds\(labels) 0\n"))
  }

  @Test("a member without partitions is ready")
  func idleMember() throws {
    let served = try Served()
    var report = WorkerReport()
    report.isJoined = true
    served.observatory.publish(report, notices: [], worker: 0, clock: FixedClock())
    #expect(served.client.get("/readyz")?.status == 200)
  }

  @Test("metrics in the form that is asked for")
  func metrics() throws {
    let served = try Served()
    served.show()
    let text = try #require(served.client.get("/metrics"))
    #expect(text.head.contains("text/plain; version=0.0.4"))
    #expect(text.body.contains("# TYPE spnd_records_received_total counter\n"))
    #expect(text.body.contains("\nspnd_records_received_total{pipeline=\"plant\"} 10\n"))
    #expect(
      text.body.contains(
        "\nspnd_kafka_consumer_lag{pipeline=\"plant\",topic=\"sensors\",partition=\"3\"} 0\n"))
    let accept = "Accept: application/openmetrics-text; version=1.0.0"
    let open = try #require(served.client.get("/metrics", headers: [accept]))
    #expect(open.head.contains("application/openmetrics-text; version=1.0.0"))
    #expect(open.body.contains("# TYPE spnd_records_received counter\n"))
    #expect(open.body.contains("# UNIT spnd_event_to_output_latency_seconds seconds\n"))
    #expect(open.body.hasSuffix("# EOF\n"))
    #expect(!open.body.contains("spnd_kafka_consumer_lag{pipeline=\"plant\",topic=\"other\""))
  }

  @Test("the lag is left out while it is not known")
  func unknownLag() throws {
    let served = try Served()
    served.show(lag: nil)
    #expect(served.client.get("/metrics")?.body.contains("spnd_kafka_consumer_lag{") == false)
  }

  @Test("what nobody serves, and what nobody may do")
  func refusals() throws {
    let served = try Served()
    #expect(served.client.get("/nothing")?.status == 404)
    #expect(served.client.get("/metrics", method: "DELETE")?.status == 405)
    #expect(served.client.get("/metrics", method: "HEAD")?.status == 200)
    let post = "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
    #expect(served.client.send(post)?.status != 200)
    let long = "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n"
    let tooLong = served.client.send(long)?.status
    #expect(tooLong != 200)
    #expect(served.client.get("/version")?.body == #"{"version":"1.2.3","librdkafka":"2.0.2"}"#)
  }

  @Test("with a token, what tells of data is for those who have it")
  func token() throws {
    let path = "\(NSTemporaryDirectory())spnd-token-\(UUID().uuidString)"
    try "0123456789abcdef\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let served = try Served { $0.tokenFile = path }
    served.show()
    #expect(served.client.get("/metrics")?.status == 401)
    #expect(served.client.get("/v1/events")?.status == 401)
    let wrong = ["Authorization: Bearer 0123456789abcdee"]
    #expect(served.client.get("/metrics", headers: wrong)?.status == 401)
    let right = ["Authorization: Bearer 0123456789abcdef"]
    #expect(served.client.get("/metrics", headers: right)?.status == 200)
    for open in ["/livez", "/readyz", "/", "/page.js"] {
      #expect(served.client.get(open)?.status == 200)
    }
  }

  @Test("a token of another file's content is taken without a new socket, a bad one is not")
  func renewal() throws {
    let path = "\(NSTemporaryDirectory())spnd-token-\(UUID().uuidString)"
    func write(_ token: String) throws {
      try token.write(toFile: path, atomically: true, encoding: .utf8)
    }
    try write("0123456789abcdef")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let served = try Served { $0.tokenFile = path }
    func status(_ token: String) -> Int? {
      served.client.get("/metrics", headers: ["Authorization: Bearer \(token)"])?.status
    }
    #expect(try !served.server.renew())
    try write("fedcba9876543210")
    #expect(status("0123456789abcdef") == 200)
    #expect(try served.server.renew())
    #expect(status("0123456789abcdef") == 401)
    #expect(status("fedcba9876543210") == 200)
    try write("short")
    #expect(throws: AdminError.self) { try served.server.renew() }
    #expect(status("fedcba9876543210") == 200)
    served.server.stop()
    #expect(status("fedcba9876543210") == nil)
  }

  @Test("one address cannot have all connections")
  func connections() throws {
    let served = try Served()
    let held = (0..<48).compactMap { _ in served.client.hold("GET /livez HTTP/1.1\r\n") }
    #expect(held.count == 48)
    #expect(served.client.get("/livez") == nil)
    #expect(served.client.get("/livez", from: "127.0.0.2")?.status == 200)
    withExtendedLifetime(held) {}
  }

  @Test("a question that no worker can answer is answered at once")
  func nobody() throws {
    let served = try Served()
    served.observatory.end(0)
    #expect(served.client.get("/v1/streams")?.status == 503)
    #expect(served.client.get("/v1/streams/a%2Fb")?.status == 404)
    #expect(served.client.get("/v1/streams?sort=name")?.status == 400)
    #expect(served.client.get("/v1/streams?pipeline=other")?.status == 404)
  }

  @Test("models are changed by those who may, and by no page in somebody's browser")
  func changes() throws {
    let served = try Served()
    served.observatory.end(0)
    let line = #"{"topic":"sensors","partition":3,"stream":"a","model":"Zg=="}"# + "\n"
    func put(_ body: String, path: String = "/v1/models", headers: String = "") -> Int? {
      served.client.send(
        "PUT \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")?.status
    }
    // Nobody works, so nobody has the partition.
    #expect(put(line) == 404)
    #expect(put(line + "x\n") == 400)
    #expect(put("") == 400)
    #expect(put(line, headers: "Origin: http://evil.example\r\n") == 403)
    #expect(put(line, headers: "Sec-Fetch-Site: same-origin\r\n") == 403)
    let tooLarge = put(String(repeating: line, count: 300_000))
    #expect(tooLarge == 413)
    #expect(put(line, path: "/v1/models/a") == 405)
    #expect(put(line, path: "/metrics") == 405)
    #expect(served.client.get("/v1/models/a", method: "DELETE")?.status == 404)
    #expect(served.client.get("/v1/models/a")?.status == 404)
    let page = ["Origin: http://localhost"]
    #expect(served.client.get("/v1/models/a", method: "DELETE", headers: page)?.status == 403)
    #expect(served.client.get("/v1/streams/a", method: "DELETE")?.status == 405)
  }

  @Test("what workers say of a change is told, a refusal before what others did")
  func outcomes() throws {
    let served = try Served()
    func reply(
      to answer: Question.Answer?, _ method: String = "DELETE"
    ) throws -> String {
      let observatory = served.observatory
      let worker = Thread {
        while true {
          if let question = observatory.nextQuestion(to: 0) { return question.answer(answer) }
          sched_yield()
        }
      }
      worker.start()
      let reply = try #require(served.client.get("/v1/models/a%2Fb", method: method))
      return "\(reply.status) \(reply.body)"
    }
    #expect(try reply(to: nil).hasPrefix("404 "))
    #expect(try reply(to: .changed(2)) == "200 2 models changed and saved\n")
    #expect(try reply(to: .unchanged("why", mayPass: true)) == "503 why; try again\n")
    #expect(try reply(to: .unchanged("why", mayPass: false)) == "409 why\n")
    let model = ArchivedModel(topic: "t", partition: 1, key: Array("a/b".utf8), form: [102])
    let exported = try reply(to: .models([model]), "GET")
    #expect(exported.hasPrefix("200 "))
    let body = Array(exported.dropFirst(4).utf8)
    let read = try ArchivedModel.read(body.span).get()
    #expect(read == [model])
  }

  @Test("a label's value may hold anything, and a series of a stream is named as vmanomaly's")
  func series() throws {
    let served = try Served { $0.streams = 1 }
    var report = WorkerReport()
    for name in ["a\"b\\c\nd", "second"] {
      report.series.append(
        StreamSeries(
          stream: Array(name.utf8), channel: "t", value: 2, prediction: 1.5, lower: 1, upper: 2,
          score: 0.5))
    }
    served.observatory.publish(report, notices: [], worker: 0, clock: FixedClock())
    let text = try #require(served.client.get("/metrics")?.body)
    let labels = #"{pipeline="plant",stream="a\"b\\c\nd",channel="t"}"#
    #expect(text.contains("\nanomaly_score\(labels) 1\n"))
    #expect(text.contains("\nyhat\(labels) 1.5\n"))
    #expect(!text.contains(#"stream="second""#), "one stream is the definition's limit")
  }
}
