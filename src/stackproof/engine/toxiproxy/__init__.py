"""Links through Toxiproxy: its HTTP API, and what each link does with it."""
