"""The database of the service: the only place that knows SQL. One file for each noun; others pass transactions on."""
