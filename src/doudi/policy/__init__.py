"""The policy engine: a pure function from a pack, facts and a day to an answer with its reasons."""
