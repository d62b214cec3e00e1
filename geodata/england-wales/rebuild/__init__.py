"""Steps that remake the files of this folder from the fact tables and two published packages."""
