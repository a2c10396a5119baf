"""Shared by the stack's Python services: process, settings, logs, probes, metrics, wire protocol."""
