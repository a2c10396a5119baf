"""Other people's programs, run in the tools image: promtool, amtool, amlint, Allure."""
