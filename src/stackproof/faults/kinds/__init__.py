"""The catalogue of faults: a folder a family, a file a kind. A new file in one of these folders is a new kind."""
