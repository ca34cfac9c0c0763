"""The first configuration: asks both servers for their names and roles, shows the answers, and writes the file."""
