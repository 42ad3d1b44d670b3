package import SPN

extension Definition {
  /// What is asked of the network.
  public struct Model: Equatable, Sendable {
    /// How many events ahead each result also speaks of: 0 to 96.
    public var horizon = 0
    /// The share of events that an interval is to hold: 0.5 to 0.999.
    public var interval = 0.95

    public init() {}

    /// The network that learns streams of so many channels, in groups or each on its own.
    package func network(
      channels: Int, isGrouped: Bool = false, components: Components = .all
    ) -> Network {
      Network(
        channels: channels, coverage: interval, horizon: horizon, isGrouped: isGrouped,
        components: components)
    }
  }

  /// How records move.
  public struct Processing: Equatable, Sendable {
    /// What a crash may cost; always `atLeastOnce` with the embedded broker, which has no
    /// transactions.
    public var guarantee = Guarantee.exactlyOnce
    /// The longest that results wait for their commit: 1 ms to 60 s.
    public var commitInterval = Duration.milliseconds(100)
    public var workers = Workers.auto
    /// The most records between two commits: 1 to 100,000.
    public var batch = 10_000

    public init() {}
  }

  /// What a crash may cost.
  public enum Guarantee: String, CaseIterable, Sendable {
    /// Nothing.
    case exactlyOnce = "exactly_once"
    /// Results that appear again, with the same bytes and id.
    case atLeastOnce = "at_least_once"
  }

  /// How many threads share the partitions.
  public enum Workers: Equatable, Sendable {
    /// As many as the machine has processors, and never more than the topics have partitions.
    case auto
    /// This many: 1 to 256.
    case count(Int)
  }

  /// When a deviation is worth an alarm.
  public struct Alerts: Equatable, Sendable {
    public var budget = Budget(count: 1, period: Budget.week)
    public var direction = Direction.both
    /// The smallest deviation from the prediction that may alarm, in the channel's own unit; at
    /// least 0.
    public var minAbsolute = 0.0
    /// The smallest deviation that may alarm, as a share of the prediction's size; at least 0.
    public var minRelative = 0.0
    /// The events of a stream that pass before it may alarm; at least 0.
    public var warmUp = 200

    public init() {}
  }

  /// What is told of the data itself.
  public struct Health: Equatable, Sendable {
    public var silentAfter = Silence.auto

    public init() {}
  }

  /// How long a stream may say nothing, while others of its partition speak, before that is told.
  public enum Silence: Equatable, Sendable {
    /// Twenty times its own typical spacing.
    case auto
    /// For ever.
    case never
    /// This long, in the time of events: 1 s to a century.
    case after(Duration)
  }

  /// The side of the prediction on which a deviation alarms.
  public enum Direction: String, CaseIterable, Sendable {
    case both, up, down
  }

  /// How many alarms are wanted.
  public struct Budget: Equatable, Sendable {
    /// The length of a week.
    public static let week = Duration.seconds(7 * 86_400)

    /// The alarms of one stream in one period: 0.000001 to 1,000,000.
    public let count: Double
    /// Above zero, at most a century; a year is 365.25 days, a quarter and a month are its fourth
    /// and twelfth.
    public let period: Duration
    /// The alarms of one stream in a second.
    public let perSecond: Double

    public init(count: Double, period: Duration) {
      self.count = count
      self.period = period
      perSecond = count / (period / .seconds(1))
    }
  }

  /// Where models are kept.
  public struct State: Equatable, Sendable {
    public var directory = "/var/lib/spnd"
    /// The compacted topics that let models follow a partition to another machine, one for each
    /// input topic, in their order; or none.
    public var changelogs: [String] = []
    /// The most that a restart replays: how long a change of a model may wait to be saved, 1 s to
    /// 1 day.
    public var maxReplay = Duration.seconds(60)
    /// The bytes of memory that models may take together, at least 16 MiB; the others wait in the
    /// directory.
    public var memory = 2 << 30
    /// What to do where saved models or the group's offset do not fit the log.
    public var onMismatch = Mismatch.stop

    public init() {}

    /// What to do with models that do not fit.
    public enum Mismatch: String, CaseIterable, Sendable {
      /// Stop and say so.
      case stop
      /// Go on with the models as they are.
      case keep
      /// Learn them again from the log.
      case relearn
    }
  }

  /// How topics are made, by `spnd topics create` and in the embedded broker.
  public struct Topics: Equatable, Sendable {
    /// 1 to 10,000.
    public var partitions = 1
    /// 1 to 100.
    public var replication = 1

    public init() {}
  }

  /// Where metrics, health and the page are served.
  public struct HTTP: Equatable, Sendable {
    public var listen = Endpoint(address: "127.0.0.1", port: 9464)
    /// The file of the token that requests must carry; needed where others can reach the address.
    public var tokenFile: String?
    /// The files of the certificate and its key, PEM; needed where others can reach the address.
    public var certificateFile: String?
    public var keyFile: String?
    /// How many streams have time series of their own in the metrics: 0 to 10,000.
    public var streams = 0

    public init() {}
  }

  /// The form of the daemon's own messages, a line each on standard error.
  public enum LogFormat: String, CaseIterable, Sendable {
    /// With priorities where the journal reads them, and with times for people elsewhere.
    case auto
    /// One JSON object a line: time, level, pipeline, message.
    case json
  }

  /// A numeric address and a port.
  public struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address in digits, without brackets.
    public var address: String
    /// 0 lets the system choose.
    public var port: UInt16

    public init(address: String, port: UInt16) {
      self.address = address
      self.port = port
    }

    /// Whether the address has IPv6's form.
    public var isIPv6: Bool { address.utf8.contains(UInt8(ascii: ":")) }

    /// Whether this machine alone can reach the address.
    public var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }

    public var description: String {
      isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
  }
}
