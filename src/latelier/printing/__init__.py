"""Sheets as files, one format a file, each reopened and checked."""
