"""SNMP traps: the facts of CISCO-NETWORK-REGISTRAR-MIB, typed notifications, the receiver and the sender."""
