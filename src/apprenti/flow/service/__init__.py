"""What people and programs can ask of the service: one function for each, whatever door they come through."""
