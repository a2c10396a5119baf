"""What the tests of the stack's services share; in no image."""
