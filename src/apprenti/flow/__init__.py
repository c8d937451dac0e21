"""Flow: one function for each thing a person can ask for; the doors call these and nothing below them."""
