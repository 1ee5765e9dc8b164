"""Describes the machine of a run, without anything that identifies its owner."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The facts that the results depend on. No host name, no path, no user."""

    processor: str
    cores: int
    """The number of cores that this process may use."""
    memory_bytes: int
    system: str
    python: str
    load: float
    """The load average of the last minute. Other work on the machine makes the figures wrong."""

    @classmethod
    def this(cls) -> Self:
        """Return the facts of this machine."""
        return cls(
            processor=processor_model(Path("/proc/cpuinfo").read_text()) or platform.machine(),
            cores=len(os.sched_getaffinity(0)),
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            system=f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}",
            python=platform.python_version(),
            load=round(os.getloadavg()[0], 2),
        )

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_bytes / 2**30:.1f} GiB, {self.system}, "
            f"Python {self.python}, load {self.load:.1f} at the start"
        )


def processor_model(cpuinfo: str) -> str:
    """Return the model name of the first processor in proc(5); empty if there is no name, as on most arm64 machines."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return ""
