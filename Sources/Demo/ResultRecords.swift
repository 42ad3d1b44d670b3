/// What the demonstration shows of a prediction.
package struct PredictionRecord: Decodable, Sendable {
  package let stream: String
  package let value: Double?
  package let lower: Double?
  package let upper: Double?
  package let anomaly: Bool?
}

/// What the demonstration judges and shows of a change of an anomaly's state.
package struct AnomalyRecord: Decodable, Sendable {
  package let state: String
  package let stream: String
  package let time: String
  package let severity: String?
  package let explanation: String?
}

/// What the demonstration judges and shows of a drift.
package struct DriftRecord: Decodable, Sendable {
  package let kind: String
  package let stream: String
  package let time: String
  package let explanation: String?
}
