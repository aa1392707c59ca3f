"""New images from a model: single ones by seed."""
