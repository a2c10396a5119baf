"""What all tests without an engine share."""

from hypothesis import settings

# A slow machine is no failure: nothing here is judged by how long one example took.
settings.register_profile("stackproof", deadline=None, print_blob=True)
settings.load_profile("stackproof")
