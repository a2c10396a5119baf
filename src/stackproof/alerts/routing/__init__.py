"""Where an alert goes, and what silences it: Alertmanager's routes as data."""
