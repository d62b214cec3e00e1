"""Steps that remake the files of this folder from the fact tables and three published packages."""
