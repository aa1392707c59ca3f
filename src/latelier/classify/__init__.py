"""Labels and classifiers, with intervals."""
