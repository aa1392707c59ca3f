"""Classes: heads that learn a person's labels from features, held-out figures, and how sure."""
