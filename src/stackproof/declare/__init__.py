"""Reads declarations (objectives, rules, routes, dashboards) into the model; errors name file and line."""
