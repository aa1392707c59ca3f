"""One verb a file: reads the project, calls rooms, writes a run."""
