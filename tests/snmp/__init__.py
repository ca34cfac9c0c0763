"""The trap vocabulary, its decoder, receiver and sender; net-snmp is the other side."""
