"""The engines by name, and which one is asked."""

from .exact import Exact
from .problem import Engine, Problem
from .pyvrp_engine import Pyvrp
from .sisr import Sisr

ENGINES: dict[str, Engine] = {
    engine.name: engine for engine in (Exact(), Pyvrp(), Sisr())
}


def choose(problem: Problem, wanted: str = "auto") -> Engine:
    """The engine for a problem: the one wanted where it can, else the best that can.

    Few stops of one vehicle are solved exactly, whatever is wanted; what PyVRP is not
    installed for or cannot express (a frozen beginning of a route) goes to our own.

    :raise ValueError: there is no engine of that name
    """
    if wanted != "auto" and wanted not in ENGINES:
        raise ValueError(f"There is no engine {wanted}: {', '.join(ENGINES)} or auto.")
    for name in ("exact", "pyvrp"):
        engine = ENGINES[name]
        asked = wanted in ("auto", name) or name == "exact"
        if asked and engine.available() and engine.suits(problem):
            return engine
    return ENGINES["sisr"]
