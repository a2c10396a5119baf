"""HTTP/1.1 and HTTPS: what a load sends, and how it reads the answers."""
