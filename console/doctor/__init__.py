"""`pairwatch doctor`: looks at all that the console rests on, and says what is wrong and what to do about it."""
