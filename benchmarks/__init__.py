"""Every speed, memory and quality claim, runnable, printing a table."""
