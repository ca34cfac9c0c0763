"""The shell around the core: sockets, the turn loop, the log file and traps."""
