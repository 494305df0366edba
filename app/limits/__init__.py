"""What one caller may take of a server, so that none starves another: how often, and how much.

`buckets` bounds how many requests a caller sends, `turns` how many are worked on at a time. What
waits for a lock lets others work by `giving_way`.
"""
