"""Sources of pictures: what becomes an image of the project, and how it is read."""
