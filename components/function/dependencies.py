"""Where the packages of a function go."""

from typing import Literal

Dependencies = Literal["layer", "bundle"]
"""``layer``: a layer of their own, which changes of the code leave alone. ``bundle``: the deployment package."""
