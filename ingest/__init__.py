"""How articles get into a library: found, read, cleaned, cut into chunks, embedded, written to the catalog."""
