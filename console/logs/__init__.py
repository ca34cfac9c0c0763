"""Logs as an operator reads them: indexed where they lie, merged by time, filtered, searched and followed.

stamps     the time of a line: local time of the server, without a zone
index      where each line begins, its time, level and message id: seventeen octets a line, whatever it says
filters    the language of the filter, and what one line is asked
scanning   which lines of a log are wanted
merged     the lines of several logs in the order of time
spans      the bytes: of a file through rotation and truncation, or of lines that came some other way
book       the logs of a pair together, read and searched a piece at a time
line       one line in parts, and what is known of its message
"""
