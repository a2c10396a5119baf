"""Go's text templates: their syntax, the data that each kind gets, and what fails when they are expanded."""
