"""What is wrong with a pair, how sure that is, what follows if nobody acts, and what to do: a table of rules."""
