"""The trap vocabulary: CISCO-NETWORK-REGISTRAR-MIB facts, typed notifications, sender and receiver."""
