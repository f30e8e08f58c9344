"""Reader revenue an independent newsroom can run itself."""

__version__ = "0.1.0"
