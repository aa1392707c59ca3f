"""Notebook pages cut into drawings: boxes closed or broken, free forms, or both. Arrays in, arrays out."""
