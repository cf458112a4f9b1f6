"""The command line: reads the clock and the arguments, calls one room, prints Chinese first."""
