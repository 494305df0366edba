"""The outbox: mail as rows, written in the transaction that causes it and delivered afterwards.

What rolls back sends nothing, and what commits is sent at least once: a process takes a message up
for the length of a lease, sends it, and marks it. One that dies in between leaves it to the next.
"""
