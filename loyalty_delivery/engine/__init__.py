"""Routes, roads and times of arrival: plain Python, without the ERP and its clock.

``routing`` finds routes for a day's stops, ``roads`` tells metres and seconds between
places and where an address is, ``geo`` holds what both need of the globe.
"""
