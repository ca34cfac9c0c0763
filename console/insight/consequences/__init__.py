"""What an action would do, with numbers, before it is done: one module for each family of actions, all pure."""

from console.insight.consequences.partner_down import Consequences, Gain, consequences, sentences, server_date

__all__ = ["Consequences", "Gain", "consequences", "sentences", "server_date"]
