"""What can be measured on an image, one family of features a file."""
