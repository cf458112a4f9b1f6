"""The only place that runs SQL: DuckDB embedded, Spark for a province or the nation, Splink for people without a number."""
