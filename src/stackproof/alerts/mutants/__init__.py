"""Small wrong edits of rules and routes: good tests notice each. One file an operator, through the syntax trees."""
