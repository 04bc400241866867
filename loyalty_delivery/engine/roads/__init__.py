"""Metres and seconds between places, lines on the map, and addresses to coordinates."""
