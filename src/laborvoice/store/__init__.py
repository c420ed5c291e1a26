"""All SQL. A folder is a schema, a file is a table, a constant stands above the one function that runs it."""
