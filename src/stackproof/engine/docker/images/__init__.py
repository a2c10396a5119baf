"""Images: named by the digest of their inputs, built where they are missing, removed when stale."""
