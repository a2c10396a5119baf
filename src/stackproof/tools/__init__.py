"""Third-party programs that run in the tools image: promtool, amtool, amlint, Allure."""
