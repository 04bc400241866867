"""Stand-ins for 1C on the loopback, for tests and the demo; standard library only."""
