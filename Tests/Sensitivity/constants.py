"""The network's constants: which can be tuned, and sources in which the environment scales them."""

import re

# Counts that give the block its shape, and bounds that only keep numbers finite.
SHAPES = {
    "stepCount", "biasInput", "lagInput", "clockInput", "hiddenInput", "messageInput",
    "inputCount", "lagSlotCount", "regimeCount", "historyCount", "noveltyPlaces", "ratioMax",
    "valueMax", "relativeMax", "scaleMin",
}

DECLARATION = re.compile(
    r"^  static (?:let|var) (?P<name>\w+)(?P<type>: [^={]+?)?(?: = (?P<value>.+)| \{ (?P<body>.+) \})$",
    re.MULTILINE)

FACTOR = '''internal import Glibc

/// What the environment multiplies a constant by.
func sensitivityFactor(_ name: String) -> Double {
  guard let text = unsafe getenv("SPND_FACTOR_" + name) else { return 1 }
  return unsafe atof(text)
}
'''


def tunable(text):
    """The names of the constants that can be tuned, in their order."""
    return [m["name"] for m in DECLARATION.finditer(text) if m["name"] not in SHAPES]


def scaled(text):
    """The declarations, with each constant multiplied by what the environment says."""
    def rewrite(match):
        name = match["name"]
        if name in SHAPES:
            return match[0]
        kind, value = product(name, (match["type"] or "").removeprefix(": "),
                              match["value"] or match["body"])
        return f"  static let {name}: {kind} = {value}"
    return DECLARATION.sub(rewrite, text)


def product(name, kind, value):
    """A constant's type and its scaled value, in Swift."""
    factor = f'sensitivityFactor("{name}")'
    if name.endswith("LogRate"):
        return kind, f"{value} + {kind}(Functions.log({factor}))"
    if name.endswith("Decay"):
        return kind, f"1 - (1 - {value}) * {kind}({factor})"
    if kind.startswith("SIMD"):
        return kind, f"({value}) * Float({factor})"
    if kind.startswith("("):
        return kind, f"{{ let x: {kind} = {value}; let f = Float({factor}); " + \
            f"return {pair(name, kind)} }}()"
    if "..." in value:
        low, high = value.split("...")
        return "ClosedRange<Double>", f"{low} * {factor}...{high} * {factor}"
    if kind.startswith("Int") or (not kind and re.fullmatch(r"[\d_]+", value)):
        whole = kind or "Int"
        return whole, f"{whole}((Double({value}) * {factor}).rounded())"
    number = kind or "Double"
    return number, f"({value}) * {number}({factor})"


def pair(name, kind):
    """The elements of a tuple, each scaled; bounds of a logarithm are moved."""
    change = "+ Float(Functions.log(Double(f)))" if "LogRate" in name else "* f"
    return "(" + ", ".join(f"x.{label} {change}" for label in re.findall(r"(\w+):", kind)) + ")"
