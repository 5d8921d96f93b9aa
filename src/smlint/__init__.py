"""smlint: lints and scores social media strategy plans."""

__version__ = "0.1.0"
