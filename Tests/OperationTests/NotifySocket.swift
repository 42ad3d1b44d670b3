import Client
import Foundation
import Glibc

/// The service manager's end of sd_notify(3).
final class NotifySocket {
  let path: String
  private let socket: Int32
  /// The messages so far, in order.
  private(set) var messages: [String] = []

  init(in folder: Program.Folder) throws {
    path = "\(folder.path)/notify"
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    precondition(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(result == 0, "a socket in an empty folder can be bound")
  }

  deinit { close(socket) }

  /// Waits for a message that begins so, after those already waited for; nil after two
  /// minutes of silence.
  func wait(for prefix: String) -> String? {
    while let message = next() {
      messages.append(message)
      if message.hasPrefix(prefix) { return message }
    }
    return nil
  }

  private func next() -> String? {
    var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    guard uninterrupted({ unsafe poll(&polled, 1, 120_000) }) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = uninterrupted { unsafe recv(socket, &buffer, buffer.count, 0) }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
