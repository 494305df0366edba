"""What identity providers ask and are answered, kept for owners to read.

A request's path only puts what was said into a queue; a thread writes it down, and what does not
fit is dropped and counted, because a provider never waits for its own record.
"""
