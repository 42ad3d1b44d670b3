// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // One set of bytes everywhere: AVX2 and FMA are required, and checked at start. Exclusive access
  // to fields of classes is checked at run time in debug builds only: it costs a twentieth.
  .unsafeFlags(
    ["-Xcc", "-march=x86-64-v3", "-enforce-exclusivity=unchecked"],
    .when(configuration: .release)),
]

let package = Package(
  name: "spnd",
  products: [
    .library(name: "SPN", targets: ["SPN"]),
    .executable(name: "spnd", targets: ["spnd"]),
  ],
  targets: [
    .systemLibrary(
      name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CProcessor"),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .target(
      name: "CSimdJSON",
      cxxSettings: [.unsafeFlags(["-O3", "-march=x86-64-v3"])],
      linkerSettings: [.linkedLibrary("simdjson")]),
    // The benchmark's: a count of allocations, and the loop in C that it compares with.
    .target(name: "CBench", dependencies: ["CRdKafka"], cSettings: [.unsafeFlags(["-O3"])]),
    // The standard library's square root falls back to the C library's for negative numbers.
    .target(name: "SPN", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "Pipeline", dependencies: ["SPN", "CProcessor", "CSimdJSON", "CYAML"],
      swiftSettings: strict),
    .target(
      name: "Kafka", dependencies: ["Pipeline", "CProcessor", "CRdKafka"], swiftSettings: strict),
    .target(name: "Storage", dependencies: ["Pipeline", "CLMDB"], swiftSettings: strict),
    .target(
      name: "Admin", dependencies: ["Pipeline", "CMicroHTTPD"],
      resources: [.embedInCode("Page")], swiftSettings: strict),
    .target(name: "Evaluation", dependencies: ["Pipeline", "SPN"], swiftSettings: strict),
    .target(name: "Demo", dependencies: ["Evaluation"], swiftSettings: strict),
    .executableTarget(
      name: "spnd",
      dependencies: [
        "Admin", "CBench", "CSystemd", "Demo", "Evaluation", "Kafka", "Pipeline", "SPN", "Storage",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SPNTests", dependencies: ["SPN"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "PipelineTests", dependencies: ["Evaluation", "Pipeline", "SPN"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "KafkaTests", dependencies: ["Kafka"], swiftSettings: strict),
    .testTarget(
      name: "StorageTests", dependencies: ["Storage", "Pipeline"], swiftSettings: strict),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "Pipeline", "SPN"],
      swiftSettings: strict),
    .target(name: "Client", path: "Tests/Client", swiftSettings: strict),
    .testTarget(
      name: "AdminTests", dependencies: ["Admin", "Client", "Pipeline"], swiftSettings: strict),
    .testTarget(
      name: "OperationTests", dependencies: ["Client", "spnd"], exclude: ["sandbox.py"],
      swiftSettings: strict),
    .testTarget(name: "DemoTests", dependencies: ["Demo"], swiftSettings: strict),
    .testTarget(
      name: "Simulation", dependencies: ["Evaluation", "Pipeline", "SPN"], path: "Tests/Simulation",
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(name: "ProjectTests", swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
