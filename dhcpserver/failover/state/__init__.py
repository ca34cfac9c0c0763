"""The endpoint's state machine: its tables, the start, the stored record, the safe period, operator commands."""
