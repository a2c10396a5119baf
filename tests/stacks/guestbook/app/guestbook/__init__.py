"""A guestbook: pages by Flask, entries in Redis, a moderator who lets them through."""
