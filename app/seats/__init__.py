"""Who may: the seat pool, its ledger and their invariants.

I1  `0 <= in_use <= purchased` at every instant, held by the database itself (CHECK), on every
    engine.
I2  An active user holds exactly one open assignment; an inactive or deleted user holds none; no
    user both holds a seat and wants one.
I3  `purchased` never decreases inside a term.
I4  Every increase of `purchased` has exactly one cause (the signing, one confirmed quote, or one
    renewal), and each of these has one invoice.
I5  Replaying the ledger gives the pool's figures.
I6  Ledger entries and issued invoices are never changed or deleted; a correction is a further entry
    or a credit note.
I7  Nothing automatic takes a seat from anyone to make room.
I8  Releasing is always possible, in every state of the contract, and waits for nothing.
I9  A hold ends once: assigned, released or expired.
I10 Invoice numbers of a series have no gap, no repeat, and do not run against their dates.
I11 The same `in_use` serves the gate, what owners see and alerts; renewal counts the assignments
    in it.
I12 No term numbered 2 or more starts after the clock; no invoice is dated after the seller's today.

`pools.py` and `ledger.py` alone write the pool and its entries; `app.audit` proves the invariants
over a live database.
"""
