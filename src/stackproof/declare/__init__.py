"""What is declared outside (compose files, objectives) told in the words of the model; errors name file and line."""
