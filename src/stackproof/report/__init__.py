"""A judged run for people, for programs and for the Allure report."""
