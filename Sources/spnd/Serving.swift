import Admin
import Kafka
import Pipeline

/// Starts the HTTP server of one process's pipelines.
func startServer(
  _ settings: Definition.HTTP, _ observatories: [Observatory]
) throws(Failure) -> Server {
  do throws(AdminError) {
    let site = Site(
      pipelines: observatories, version: Version.number,
      libraries: [("librdkafka", Kafka.libraryVersion)], clock: SystemClock())
    return try Server(settings, site: site)
  } catch {
    throw Failure(error.isConfiguration ? .configuration : .unavailable, error.description)
  }
}

/// The address that people type.
func address(of server: Server, _ settings: Definition.HTTP) -> String {
  var endpoint = settings.listen
  endpoint.port = server.port
  return "\(settings.certificateFile == nil ? "http" : "https")://\(endpoint)/"
}
