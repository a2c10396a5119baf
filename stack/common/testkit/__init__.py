"""Shared by the tests of the stack's services; part of no image."""
