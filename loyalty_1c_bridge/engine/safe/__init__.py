"""Hostile input: XML, archives and names that are refused before they are read."""
