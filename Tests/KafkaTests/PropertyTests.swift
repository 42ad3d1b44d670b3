import Kafka
import Pipeline
import Testing

@Suite struct PropertyTests {
  @Test func acceptsWhatLibrdkafkaKnows() {
    #expect(Properties.check(name: "bootstrap.servers", value: "a:1,b:2") == nil)
    #expect(Properties.check(name: "session.timeout.ms", value: "9000") == nil)
    #expect(Properties.check(name: "compression.type", value: "zstd") == nil)
  }

  @Test func refusesWhatItDoesNot() {
    let unknown = Properties.check(name: "sesion.timeout.ms", value: "9000")
    #expect(unknown?.code == .configuration)
    #expect(unknown?.subject == "sesion.timeout.ms")
    #expect(unknown?.reason.contains("No such configuration property") == true)
    let invalid = Properties.check(name: "session.timeout.ms", value: "soon")
    #expect(invalid?.code == .configuration)
    #expect(invalid?.reason.isEmpty == false)
  }

  @Test(arguments: Properties.owned.keys.sorted())
  func refusesWhatTheDaemonDecides(name: String) {
    let error = Properties.check(name: name, value: "true")
    #expect(error?.code == .configuration)
    #expect(error?.reason.hasPrefix("cannot be set: ") == true)
  }

  @Test func refusesCallbacks() {
    #expect(Properties.check(name: "stats_cb", value: "1") != nil)
  }

  @Test func listsKnownNames() {
    let known = Properties.known
    for name in ["bootstrap.servers", "session.timeout.ms", "compression.codec", "linger.ms"] {
      #expect(known.contains(name), "\(name)")
    }
    #expect(known == known.sorted())
    #expect(!known.contains("Property"))
  }

  @Test func linksRefuseOwnedProperties() throws {
    let broker = try EmbeddedBroker()
    #expect {
      _ = try TopicAdmin(
        properties: broker.properties + [("isolation.level", "read_uncommitted")],
        log: { _, _ in })
    } throws: {
      ($0 as? KafkaError)?.subject == "isolation.level"
    }
  }

  @Test func versionHasThreeParts() {
    #expect(Kafka.libraryVersion.split(separator: ".").count >= 3)
  }
}
