"""What the server says of itself, for the doctor: settings, rights, roles, functions. No row of ours is read here."""
