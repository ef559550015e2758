"""A first benchmark: questions with short answers."""
