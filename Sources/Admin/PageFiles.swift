internal import Pipeline

/// The files of the live page: our own are part of the binary, the charts' library is the system's.
enum PageFiles {
  /// Where Debian's libjs-dygraphs puts its files.
  private static let library = "/usr/share/javascript/dygraphs/"
  private static let libraryBytesMax = 2_000_000

  /// The file at a path, if the page has it.
  static func reply(_ path: String) -> Reply? {
    switch path {
    case "/": page(PackageResources.index_html, "text/html; charset=utf-8")
    case "/page.css": page(PackageResources.page_css, "text/css; charset=utf-8")
    case "/page.js": page(PackageResources.page_js, "text/javascript; charset=utf-8")
    case "/stream.js": page(PackageResources.stream_js, "text/javascript; charset=utf-8")
    case "/draw.js": page(PackageResources.draw_js, "text/javascript; charset=utf-8")
    case "/icon.svg": page(PackageResources.icon_svg, "image/svg+xml")
    case "/dygraph.min.js": fromLibrary("dygraph.min.js", "text/javascript; charset=utf-8")
    case "/dygraph.min.css": fromLibrary("dygraph.min.css", "text/css; charset=utf-8")
    default: nil
    }
  }

  private static func page(_ body: [UInt8], _ type: String) -> Reply {
    Reply(type: type, body: body)
  }

  private static func fromLibrary(_ name: String, _ type: String) -> Reply {
    guard let body = try? File.read(library + name, bytesMax: libraryBytesMax) else {
      return .text(404, "the charts need Debian's package libjs-dygraphs")
    }
    return Reply(type: type, body: body)
  }
}
