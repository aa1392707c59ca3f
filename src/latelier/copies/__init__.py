"""Copies: pictures that are one picture twice, whatever was done to one of them in between."""
