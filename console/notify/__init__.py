"""Messages that carry alarms to people: who is told what and when (pure), and the telling (a thread)."""
