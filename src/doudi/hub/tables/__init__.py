"""Department data sets: their contracts, the reading and checking of cells, and the store of accepted rows."""
