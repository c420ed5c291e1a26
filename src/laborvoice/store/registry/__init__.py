"""Suppliers, parties, links, campaigns and what phones are told of them."""
