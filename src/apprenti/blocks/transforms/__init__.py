"""What happens to features before a head sees them; every file has ``fit``, ``apply`` and ``add_to``."""
