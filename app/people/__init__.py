"""The use cases about people: provisioning, refusals, moves, logins, erasure."""
