"""The command language: a client of the HTTP API (R-042 to R-057, R-075, R-109)."""
