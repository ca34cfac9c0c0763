"""Cisco Prime Network Registrar and Prime IP Express, by their REST API. Experimental: no such server was available."""
