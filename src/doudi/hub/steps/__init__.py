"""Functions that return the text of one SELECT over named tables. They open nothing and read nothing."""
