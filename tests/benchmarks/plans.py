"""What one run measures."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.workloads import WORKLOADS, Workload
from tests.support.databases import fast_folder

SIZE, SMALL, LARGE = 10_000, 1_000, 100_000


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    workloads: tuple[str, ...] = tuple(WORKLOADS)
    #: How many users there are for the table.
    size: int = SIZE
    #: Between which sizes growth is measured; none if they are equal.
    small: int = SMALL
    large: int = LARGE
    #: More than that are multiplied instead of loaded.
    loaded_max: int = SIZE
    engine: str = "sqlite"
    rounds: int = 5
    seconds: float = 1.0
    #: Where the data lies: in memory, commits wait for no disk.
    folder: str | None = None
    command: str = "make bench"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Plan":
        """Read a plan from variables as `make` gives them."""
        given = {
            name: environ[name]
            for name in ("WORKLOADS", "SIZE", "ENGINE", "QUICK")
            if environ.get(name)
        }
        chosen = tuple(given.get("WORKLOADS", ",".join(WORKLOADS)).split(","))
        if unknown := set(chosen) - WORKLOADS.keys():
            raise SystemExit(
                f"No workload is called {min(unknown)}. They are {', '.join(WORKLOADS)}."
            )
        size = int(given.get("SIZE", SIZE))
        grows = "SIZE" not in given or size > SIZE
        quick = {"rounds": 3, "seconds": 0.3, "folder": fast_folder()} if "QUICK" in given else {}
        return cls(
            chosen,
            size,
            small=SMALL if grows else size,
            large=max(size, LARGE) if grows else size,
            engine=given.get("ENGINE", "sqlite"),
            command=" ".join(["make bench", *(f"{name}={it}" for name, it in given.items())]),
            **quick,
        )

    @property
    def chosen(self) -> list[Workload]:
        return [each for name, each in WORKLOADS.items() if name in self.workloads]

    @property
    def is_whole(self) -> bool:
        return len(self.chosen) == len(WORKLOADS)
