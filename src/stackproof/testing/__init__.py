"""What a test needs beside its run: isolation, metrics, queries, images and stored files."""
