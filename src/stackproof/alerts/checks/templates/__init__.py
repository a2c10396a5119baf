"""Checks of notification templates."""
