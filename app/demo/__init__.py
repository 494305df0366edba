"""A demonstration: an organization to try things on, and a replay of what its parties say."""
