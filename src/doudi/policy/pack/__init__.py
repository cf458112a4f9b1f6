"""Packs: read, extended, checked, and resolved for a day."""
