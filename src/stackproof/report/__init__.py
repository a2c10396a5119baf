"""What a person, a machine and the Allure report are told of a judged run."""
