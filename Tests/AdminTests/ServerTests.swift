import Admin
import Client
import Pipeline
import Testing

/// A clock that stands where it is put.
struct FixedClock: Clock {
  func millisecondsSince1970() -> Int64 { 1_700_000_000_000 }
  func monotonicNanoseconds() -> UInt64 { 1_000_000_000 }
}

/// A pipeline that nobody works on, and its server on a port of its own.
struct Served {
  let observatory: Observatory
  let server: Server

  init(_ change: (inout Definition.HTTP) -> Void = { _ in }) throws {
    var definition = Definition(
      pipeline: "plant", kafka: [],
      input: Definition.Input(topics: ["sensors"], values: []),
      output: Definition.Outputs(deadLetters: "dead"))
    definition.http.listen.port = 0
    change(&definition.http)
    observatory = Observatory(definition: definition, workers: 1, clock: FixedClock())
    let site = Site(
      pipelines: [observatory], version: "1.2.3", libraries: [("librdkafka", "2.0.2")],
      clock: FixedClock())
    server = try Server(definition.http, site: site)
  }

  var client: Client { Client(port: server.port) }

  /// Shows a worker that has joined and has one partition.
  func show(position: Int64 = 10, speaksFrom: Int64 = 0, lag: Int64? = 0) {
    var report = WorkerReport()
    report.isJoined = true
    report.counters.received = 10
    report.counters.predicted = 9
    report.counters.deadLettered = 1
    report.latency.observe(seconds: 0.02, count: 10)
    report.partitions = [
      PartitionReport(
        partition: TopicPartition(topic: 0, partition: 3), position: position,
        speaksFrom: speaksFrom, committed: position, lag: lag, eventTime: 5_000_000_000, streams: 2)
    ]
    observatory.publish(report, notices: [], worker: 0, clock: FixedClock())
  }
}

@Suite struct ServerTests {
  @Test("alive at once, ready when everything that was given is restored")
  func readiness() throws {
    let served = try Served()
    #expect(served.client.get("/livez")?.status == 200)
    #expect(served.client.get("/readyz")?.status == 503)
    served.show(position: 5, speaksFrom: 8)
    #expect(served.client.get("/readyz")?.status == 503)
    #expect(served.client.get("/healthz")?.body.contains(#""restoring":1"#) == true)
    served.show(position: 8, speaksFrom: 8)
    #expect(served.client.get("/readyz")?.status == 200)
    served.observatory.end(0)
    #expect(served.client.get("/readyz")?.status == 503)
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
    #expect(served.client.send(long)?.status != 200)
    #expect(served.client.get("/version")?.body == #"{"version":"1.2.3","librdkafka":"2.0.2"}"#)
  }
}
