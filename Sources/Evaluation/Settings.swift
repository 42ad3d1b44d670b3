package import Pipeline
package import SPN

/// What is evaluated: the settings of a definition, and which components of the network work.
package struct Settings: Sendable {
  package var model: Definition.Model
  package var alerts: Definition.Alerts
  package var components: Components

  package init(
    model: Definition.Model = .init(), alerts: Definition.Alerts = .init(),
    components: Components = .all
  ) {
    self.model = model
    self.alerts = alerts
    self.components = components
  }

  /// The network of streams with so many channels, in groups or each on its own.
  package func network(channels: Int, isGrouped: Bool = false) -> Network {
    model.network(channels: channels, isGrouped: isGrouped, components: components)
  }

  /// What a definition says.
  package init(_ definition: Definition) {
    self.init(model: definition.model, alerts: definition.alerts)
  }
}
