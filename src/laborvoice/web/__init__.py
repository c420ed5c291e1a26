"""What people see: structs in, bytes of HTML, SVG and files out. Nothing here knows of HTTP or a database."""
