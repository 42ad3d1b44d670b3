package import SPN

/// How the block of one stream is divided: state, one alert a channel, the model; each part 64-byte
/// aligned.
package struct StreamLayout: Sendable {
  let channels: Int
  let alertsOffset: Int
  let modelOffset: Int
  /// Bytes of the whole block.
  package let byteCount: Int

  package init(network: Network, channels: Int) {
    func aligned(_ bytes: Int) -> Int { (bytes + 63) & ~63 }
    self.channels = channels
    alertsOffset = aligned(MemoryLayout<StreamState>.size)
    modelOffset = alertsOffset + aligned(MemoryLayout<AlertState>.stride * channels)
    byteCount = modelOffset + aligned(network.blockByteCount)
  }
}

/// The parts of one stream's block; valid as long as its table.
@safe package struct StreamBlock {
  private let base: UnsafeMutableRawPointer
  private let layout: StreamLayout

  package init(_ base: UnsafeMutableRawPointer, layout: StreamLayout) {
    unsafe self.base = base
    self.layout = layout
  }

  /// What the pipeline remembers of the stream.
  var state: StreamState {
    get { unsafe base.load(as: StreamState.self) }
    nonmutating set { unsafe base.storeBytes(of: newValue, as: StreamState.self) }
  }

  /// The alarm of a channel.
  subscript(alertOf channel: Int) -> AlertState {
    get { unsafe alert(channel).pointee }
    nonmutating set { unsafe alert(channel).pointee = newValue }
  }

  /// The stream's channels.
  var channelCount: Int { layout.channels }

  /// The model's own bytes.
  package var model: UnsafeMutableRawPointer { unsafe base + layout.modelOffset }

  private func alert(_ channel: Int) -> UnsafeMutablePointer<AlertState> {
    precondition(channel >= 0 && channel < layout.channels)
    let alerts = unsafe base + layout.alertsOffset
    return unsafe alerts.assumingMemoryBound(to: AlertState.self) + channel
  }
}
