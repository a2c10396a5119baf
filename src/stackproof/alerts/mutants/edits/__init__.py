"""Writing an edited rule or route."""
