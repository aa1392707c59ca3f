"""Why a prediction, and how sure."""
