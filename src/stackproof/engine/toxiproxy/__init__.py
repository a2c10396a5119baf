"""Toxiproxy: what carries links for engines that put one before each service."""
