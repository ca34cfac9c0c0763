"""The first configuration: ask both servers who they are, show what they say, write the file."""
