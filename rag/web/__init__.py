"""The service: the HTTP interface, and the page that uses it."""
