"""One meaning: the same families answered by closures, DuckDB and Spark."""
