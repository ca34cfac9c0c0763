"""The failover endpoint: one server's side of a pair. Pure: no sockets, no clock, no disk.

    endpoint       the facade for the core
    partnership    the questions of the DHCP service, and the answers without failover
    state/         the state machine, its start, its record, the safe period, the operator's commands
    pools/         the shares of free addresses, and which server answers a client
    bindings/      binding updates, update requests, and the rules for leases
    link/          the connection to the partner
    codec, draft12 the door to the encodings, and the first encoding

A room imports only what is below it in this list; an import contract checks that.
"""
