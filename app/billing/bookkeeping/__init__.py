"""What an accountant files, read off the invoices and what came in for them; nothing is kept here.

A record that is put right later gives an entry of its own, on the later day. So what was exported
of a period stays as it was.
"""
