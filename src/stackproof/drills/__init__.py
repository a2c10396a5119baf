"""Drills: a fault that must fire an alert, followed from the fault to the receiver and back."""
