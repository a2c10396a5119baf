"""Proofs that an edit changes nothing, so that no test can notice it."""
