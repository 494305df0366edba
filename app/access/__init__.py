"""Who calls, what each role may do, and what is kept of what they did."""
