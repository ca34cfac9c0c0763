"""The shell around the core: sockets, the turn loop, the log file, traps and signals."""
