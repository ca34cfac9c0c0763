"""The connection to the partner: dialling, CONNECT and CONNECTACK, keepalive, clock checks."""
