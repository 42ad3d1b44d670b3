import Glibc

/// `spnd`: reads the command's name, runs it, and ends with one of sysexits' codes.
let commands: [any Command.Type] = [
  Run.self, Check.self, Replay.self, Eval.self, Plot.self, Bench.self, DemoCommand.self,
  Topics.self, Streams.self, Version.self,
]
exit(CommandLineTool(commands: commands).run(Array(CommandLine.arguments.dropFirst())).rawValue)
