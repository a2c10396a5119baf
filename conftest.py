"""Makes stackproof's fixtures and options known to every test here, installed or not."""

from hypothesis import settings

pytest_plugins = ["stackproof.pytest_plugin"]

# A slow machine is no failure: nothing here is judged by how long one example took.
settings.register_profile("stackproof", deadline=None, print_blob=True)
settings.load_profile("stackproof")
