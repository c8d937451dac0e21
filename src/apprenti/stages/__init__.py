"""The seven stages, each a verb that turns one noun into the next; they never import each other."""
