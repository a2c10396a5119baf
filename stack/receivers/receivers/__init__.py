"""Stand-ins for those who are told of alerts: Slack, PagerDuty, a mail server, and a dead man's switch."""
