"""What recipes are made of: decoding, backbones, transforms, heads, metrics, and the graph they leave as."""
