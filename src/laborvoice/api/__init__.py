"""The doors: status codes, headers, media types."""
