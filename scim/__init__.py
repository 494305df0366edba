"""SCIM 2.0, the protocol: documents in, documents out.

Code in this package performs no IO, reads no clock, holds no global state and knows nothing of the
product that uses it: no `app`, no Flask, no database. Whatever needs a store (uniqueness,
membership, seats) is the caller's; whatever the RFCs say about the shape and meaning of a document
is here.

The words are those of RFC 7643 (schemas) and RFC 7644 (protocol).
"""
