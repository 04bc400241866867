"""Which vehicle visits which stop, and when: the problem, the engines, the answer."""
