"""What people see of a result: sentences, tables, maps, pages and files. Asks no solver anything."""
