"""Keys and bytes. Pure: randomness enters as arguments, save what the cryptography library draws itself."""
