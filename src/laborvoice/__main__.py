"""``python -m laborvoice``."""

from laborvoice.cli import main

main()
