"""An own module, which is in the layer too."""


def greet(name: str) -> str:
    return f"Hello, {name}!"
