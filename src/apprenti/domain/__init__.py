"""The nouns: frozen dataclasses and errors, known to every floor above."""
