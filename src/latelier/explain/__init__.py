"""Why: what spoke for and against a label, which pictures are most alike, and where on the picture."""
