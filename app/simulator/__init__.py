"""Identity providers to try a SCIM server with: what each would send, day after day.

What a provider says is a conversation: a generator that yields requests, is sent their answers,
and returns what came of it. It does no input or output, so that a test can hold it by hand;
`session.py` holds it over HTTP. `people.py` and `days.py` say who works where and what changes,
`report.py` counts.
"""
