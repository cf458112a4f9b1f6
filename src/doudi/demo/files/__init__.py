"""From the columns of a list to a file as departments send it: dressed, spoilt, laid out, and written in its format."""
