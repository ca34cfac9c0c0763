"""The makes of server: one package each behind one Protocol (`source.Source`). No other folder depends on a make.

source      what is asked of a server, whatever its make
registry    every make by its name
settings    what the configuration of every server has, whatever its make
pairwatch/  Pairwatch's own server, over its HTTP API
isc/        ISC dhcpd
windows/    Windows Server, by windows_exporter
cisco/      Cisco Network Registrar and IP Express
"""
