"""Stand-ins for the receivers of alerts: Slack, PagerDuty, a mail server, and a dead man's switch."""
