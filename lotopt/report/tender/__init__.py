"""What is put out to tender, told outside: the text of a notice, and the facts that an OCDS release needs too."""
