"""A package in full: ``ximilar-client`` installs a ``tests`` of its own, which would win over a mere folder."""
