"""pytest fixtures and options that let a test speak of a standing stack."""
