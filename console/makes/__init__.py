"""One package for each make of server behind one Protocol. Nothing outside this folder knows a make."""
