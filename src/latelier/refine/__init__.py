"""What can be done to an image after it was made, one refinement a file."""
