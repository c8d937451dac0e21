"""A package in the full sense: ``ximilar-client`` installs a ``tests`` of its own, which would win over a mere folder."""
