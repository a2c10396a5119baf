"""Resource usage of each service of a Compose project, for Prometheus, under cAdvisor's metric names."""
