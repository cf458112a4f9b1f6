"""Batch data: files in, checked tables, links, determinations, findings."""
