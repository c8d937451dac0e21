"""The pages for people: one to drop photos on, and the report of each model."""
