"""The command line: one file a command, each importing its step inside the body."""
