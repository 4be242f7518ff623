"""Floor 2: what ran, and who says so. Signed receipts, a ledger that anybody can verify, and the keys that are trusted.

Importing this room loads nothing.
"""
