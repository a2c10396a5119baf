"""Alerting rules and routes: their checks, their mutants, and the same files on a faster clock."""
