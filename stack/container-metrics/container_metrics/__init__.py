"""What each service of a Compose project uses of the machine, for Prometheus, in cAdvisor's names."""
