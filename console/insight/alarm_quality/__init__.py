"""The quality of the alarms over a time range, by ANSI/ISA-18.2: pure functions of the alarms that were recorded."""
