"""Logs as the operator reads them: indexed in place, merged by time, filtered, searched and followed.

stamps     the time of a line: local time of the server, without a zone
index      the start, time, level and message id of each line: 17 bytes for each line
filters    the filter language, and the tests that a filter applies to a line
scanning   which lines of a log match a filter
merged     the lines of several logs in order of time
spans      the bytes of a log: from a file, through rotation and truncation, or from lines of another source
book       the logs of a pair together, read and searched in small steps
line       the fields of one line, and what its message means
"""
