"""The REST API: models in memory, photos in, answers out."""
