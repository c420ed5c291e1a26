"""What watchdogs read and work on."""
