"""laborvoice: a ballot box for working conditions."""

__version__ = "0.1.0"
