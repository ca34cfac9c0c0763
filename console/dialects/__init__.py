"""The dialects of log lines: one file for each program that writes logs, with samples of its lines beside it.

dialect    what a dialect is: its stamp, the form of its lines, the messages that rules use
pairwatch  a Pairwatch server
kea        Kea
isc        ISC dhcpd
syslog     what syslog writes before a line of any of them: RFC 3164, RFC 5424, and rsyslog's form of the time
stamps     the time at the beginning of a line, in any of these forms
ids        the number of a message id in an index
reading    a line, read by the dialect that fits

A new dialect is one file and its samples (samples/NAME.toml, which the tests read), and one line in `reading`.
"""
