"""What each department writes into its list, as columns: `registry.listing` gives the rows of a data set and month."""
