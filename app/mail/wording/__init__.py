"""What letters say, by what they are about."""
