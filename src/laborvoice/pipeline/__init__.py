"""The verbs: load, call pure code, store; one named transaction each."""
