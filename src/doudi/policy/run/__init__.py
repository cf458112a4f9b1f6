"""Executors: closures for one family, SQL stages for many, reasons in words."""
