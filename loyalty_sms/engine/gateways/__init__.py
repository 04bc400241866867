"""How each kind of gateway is spoken to: plain Python, safe in threads."""
