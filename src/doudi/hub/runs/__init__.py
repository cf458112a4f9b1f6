"""Runs over the whole county: files in, people linked, facts built, everyone determined, changes weighed."""
