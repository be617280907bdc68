"""Records and rows: objects of JSON and lines of tables, as documents or many to one."""
