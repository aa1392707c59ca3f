"""Where pictures stand on a sheet, one layout a file."""
