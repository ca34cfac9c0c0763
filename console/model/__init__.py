"""What was observed, and the picture that it adds up to. Pure: no clock, no files, no network."""
