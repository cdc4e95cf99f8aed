"""One click command a file; `cli` loads each only when it is used."""
